using Descarte.Conformance.Client;

namespace Descarte.Conformance.Load;

/// <summary>One request of the load and how it ended. Times are Stopwatch timestamps; 0 where it did not come to that.</summary>
public readonly record struct Exchange
{
    /// <summary>Which client, from 0.</summary>
    public int Client { get; init; }

    /// <summary>Which request of that client, from 0.</summary>
    public int Sequence { get; init; }

    /// <summary>How it ended.</summary>
    public Outcome Outcome { get; init; }

    /// <summary>The client's own port; 0 without a connection, on a Unix socket, and over HTTP/2.</summary>
    public int LocalPort { get; init; }

    /// <summary>The status code; 0 without a response.</summary>
    public int Status { get; init; }

    /// <summary>Whether the connection had carried a request before.</summary>
    public bool Reused { get; init; }

    /// <summary>Whether the response said <c>Connection: close</c>.</summary>
    public bool CloseAnnounced { get; init; }

    /// <summary>The number in the answer's body, if there was one.</summary>
    public long? Number { get; init; }

    /// <summary>When the client turned to this request: before connecting, if it had to connect.</summary>
    public long StartedAt { get; init; }

    /// <summary>When its connection was established.</summary>
    public long ConnectedAt { get; init; }

    /// <summary>When the client last looked whether its connection was still open; 0 where it looked when it turned to this request, or had just connected.</summary>
    public long LookedAt { get; init; }

    /// <summary>When the request was written; 0 when it was not, and so cannot have had an effect.</summary>
    public long WrittenAt { get; init; }

    /// <summary>When the first byte of the response was read.</summary>
    public long FirstByteAt { get; init; }

    /// <summary>When the response ended, or what came in its place.</summary>
    public long EndedAt { get; init; }
}
