namespace Descarte.Conformance.Client;

/// <summary>How one request ended, as the client saw it at its socket. The order matters: from <see cref="Reset"/> on the request is lost.</summary>
public enum Outcome : byte
{
    /// <summary>A whole response other than 503.</summary>
    Answered,

    /// <summary>A whole response with status 503.</summary>
    Unavailable,

    /// <summary>A whole response, and after it a reset instead of an end of stream. A client that had not read it yet would have lost it (RFC 9112 section 9.6).</summary>
    AnsweredThenReset,

    /// <summary>No connection could be made: nothing was written, and the client knew at once.</summary>
    Refused,

    /// <summary>No connection within the time given, or the client gave up while it was connecting. Nothing was written.</summary>
    ConnectTimedOut,

    /// <summary>The server said that it did not process the request: an HTTP/2 stream above the last GOAWAY's id, or REFUSED_STREAM. Safe to send again (RFC 9113 sections 6.8 and 8.7).</summary>
    NotProcessed,

    /// <summary>The connection was reset before any byte of the response.</summary>
    Reset,

    /// <summary>The connection was closed before any byte of the response.</summary>
    EndOfStream,

    /// <summary>The connection was reset or closed after the first byte of the response and before the last.</summary>
    Truncated,

    /// <summary>Silence: the response did not come, or did not go on, within the time given.</summary>
    TimedOut,

    /// <summary>What came is not HTTP.</summary>
    Malformed,
}

/// <summary>What an outcome means for the client.</summary>
public static class OutcomeExtensions
{
    /// <summary>True when the request got a reset, an end of stream, a cut response or silence on an established connection instead of a whole answer.</summary>
    public static bool IsLost(this Outcome outcome) => outcome >= Outcome.Reset;

    /// <summary>True when a whole response came.</summary>
    public static bool IsAnswered(this Outcome outcome) => outcome <= Outcome.AnsweredThenReset;
}
