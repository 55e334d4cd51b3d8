using System.Buffers.Text;
using Descarte.Conformance.Client;

namespace Descarte.Conformance.Load;

/// <summary>What a client does with its connection.</summary>
public enum ConnectionUse
{
    /// <summary>One connection a request.</summary>
    New,

    /// <summary>One connection for as long as it lasts. Before each reuse the client looks whether it was closed, and connects anew.</summary>
    KeepAlive,
}

/// <summary>Finds the number that a response's body carries; null when there is none.</summary>
public delegate long? NumberReader(ReadOnlySpan<byte> body);

/// <summary>A closed-loop load: every client has one request under way, and sends the next when the answer is whole.</summary>
public sealed record LoadOptions
{
    /// <summary>Where to.</summary>
    public required Target Target { get; init; }

    /// <summary>What to send. Default <c>GET /</c>.</summary>
    public Request Request { get; init; } = Request.Get();

    /// <summary>How many clients, each with its own connection. Default 64.</summary>
    public int Clients { get; init; } = 64;

    /// <summary>What a client does with its connection. Default <see cref="ConnectionUse.KeepAlive"/>.</summary>
    public ConnectionUse Use { get; init; } = ConnectionUse.KeepAlive;

    /// <summary>HTTP/2 (in clear by prior knowledge, in TLS by ALPN) instead of HTTP/1.1.</summary>
    public bool Http2 { get; init; }

    /// <summary>In how many pieces a request is sent and its response read. Default in one.</summary>
    public RequestShape Shape { get; init; }

    /// <summary>Mean of the pause between two pieces, which is at most twice as long. Default 30 ms: less than a server can take for the end of a client.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>Mean of the exponentially distributed pause before each request but a client's first. Default none.</summary>
    public TimeSpan MeanPause { get; init; }

    /// <summary>Seed of the pauses.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Requests in all after which no further one is sent. Default no limit.</summary>
    public long MaxRequests { get; init; } = long.MaxValue;

    /// <summary>Time after which no further request is sent. Default no limit.</summary>
    public TimeSpan Duration { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Time for a connection to be made. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for a whole answer, from the start of writing. Default 10 s.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether a client goes on after its connection was refused (10 ms later), instead of ending. Default false.</summary>
    public bool OnAfterRefused { get; init; }

    /// <summary>
    /// Whether a client also looks directly behind a request on a kept connection, and takes an end of stream that is there already for a close before the
    /// request: nobody can look and write at once. Default false.
    /// </summary>
    public bool LooksBehind { get; init; }

    /// <summary>Finds the number in an answer. Default: the first run of digits.</summary>
    public NumberReader Number { get; init; } = FirstNumber;

    /// <summary>The first run of digits.</summary>
    public static long? FirstNumber(ReadOnlySpan<byte> body)
    {
        var start = body.IndexOfAnyInRange((byte)'0', (byte)'9');
        return start >= 0 && Utf8Parser.TryParse(body[start..], out long number, out _) ? number : null;
    }
}
