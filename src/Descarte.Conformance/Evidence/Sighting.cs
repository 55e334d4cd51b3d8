using System.Text.Json.Serialization;
using Descarte.Conformance.Client;

namespace Descarte.Conformance.Evidence;

/// <summary>What a client was there for.</summary>
public enum Role
{
    /// <summary>Load: an ordinary request.</summary>
    Load,

    /// <summary>A fresh connection, made to see whether one can be made. No load.</summary>
    Door,

    /// <summary>A question for readiness. No load.</summary>
    Ready,

    /// <summary>A request to the slow path.</summary>
    Slow,

    /// <summary>A large or streamed response.</summary>
    Download,

    /// <summary>An upload.</summary>
    Upload,

    /// <summary>A request that does not end within the grace period.</summary>
    Endless,

    /// <summary>A connection that rests after an answer.</summary>
    Idle,

    /// <summary>A connection on which nothing is said.</summary>
    Silent,

    /// <summary>A client that goes on talking after a request and listens only later.</summary>
    Talkative,

    /// <summary>A question whether the subject has started. No load.</summary>
    Start,

    /// <summary>A request on an HTTP/2 stream.</summary>
    Http2,

    /// <summary>An event stream.</summary>
    EventStream,

    /// <summary>A WebSocket.</summary>
    WebSocket,
}

/// <summary>One request, or one connection without any, as its client saw it. Times are microseconds from the beginning of the run; null where it did not come to that.</summary>
public sealed record Sighting
{
    /// <summary>What the client was there for.</summary>
    public Role Role { get; init; }

    /// <summary>Which client of that role, from 0.</summary>
    public int Client { get; init; }

    /// <summary>The client's own port, of requests of a load; 0 where there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Port { get; init; }

    /// <summary>How it ended. For a connection without a request: <see cref="Outcome.TimedOut"/> when it was still open when the client gave up.</summary>
    public Outcome Outcome { get; init; }

    /// <summary>The status code; null without a response.</summary>
    public int? Status { get; init; }

    /// <summary>Whether the connection had carried a request before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Reused { get; init; }

    /// <summary>Whether the response said <c>Connection: close</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CloseAnnounced { get; init; }

    /// <summary>Whether the system had seen the server accept the connection and read all that was sent on it before the signal: the request had been started.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Taken { get; init; }

    /// <summary>Whether the request went to the counter, and so may have counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Counts { get; init; }

    /// <summary>The number in the answer.</summary>
    public long? Number { get; init; }

    /// <summary>Bytes of body read.</summary>
    public long? BodyLength { get; init; }

    /// <summary>Bytes of body read before the signal, where the client stopped half way.</summary>
    public long? BodyBefore { get; init; }

    /// <summary>The code of a WebSocket's close frame; 1005 for a frame without one.</summary>
    public int? CloseCode { get; init; }

    /// <summary>The HTTP/2 stream.</summary>
    public int? Stream { get; init; }

    /// <summary>When the client turned to it: before connecting, if it had to connect.</summary>
    public long StartedAt { get; init; }

    /// <summary>When its connection was established.</summary>
    public long? ConnectedAt { get; init; }

    /// <summary>When the client last looked whether its connection was still open; null where it looked when it turned to this request, or had just connected.</summary>
    public long? LookedAt { get; init; }

    /// <summary>When the request was written; null when it was not, and so cannot have had an effect.</summary>
    public long? WrittenAt { get; init; }

    /// <summary>When the first byte of the response was read.</summary>
    public long? FirstByteAt { get; init; }

    /// <summary>When the response ended, or what came in its place.</summary>
    public long EndedAt { get; init; }
}
