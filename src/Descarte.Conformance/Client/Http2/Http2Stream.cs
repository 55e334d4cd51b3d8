using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Descarte.Conformance.Client.Http2;

/// <summary>One request and its response on an HTTP/2 connection.</summary>
public sealed class Http2Stream
{
    const int MaxBodyKept = 1024 * 1024;

    readonly Http2Connection _connection;
    readonly TaskCompletionSource<Outcome> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ArrayBufferWriter<byte> _body = new(256);
    volatile bool _hasBytes;

    internal Http2Stream(Http2Connection connection, int id, long window) => (_connection, Id, Window) = (connection, id, window);

    /// <summary>Odd, growing by two.</summary>
    public int Id { get; }

    /// <summary>Ends with the response or with what came in its place. It has no time limit of its own.</summary>
    public Task<Outcome> Completion => _end.Task;

    /// <summary>The status code; 0 before the response's fields came.</summary>
    public int Status { get; private set; }

    /// <summary>The fields of the final response.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; private set; } = [];

    /// <summary>The body's first MiB. Read it after <see cref="Completion"/>.</summary>
    public ReadOnlySpan<byte> Body => _body.WrittenSpan;

    /// <summary>The body as text.</summary>
    public string BodyText => Encoding.UTF8.GetString(Body);

    /// <summary>Bytes of body received.</summary>
    public long BodyLength { get; private set; }

    /// <summary>When the request's fields were written, a Stopwatch timestamp.</summary>
    public long WrittenAt { get; internal set; }

    /// <summary>When the first frame of the response came; 0 before.</summary>
    public long FirstByteAt { get; private set; }

    /// <summary>When the response ended, whole or not; 0 before.</summary>
    public long EndedAt { get; private set; }

    /// <summary>What the peer allows to be sent. Guarded by the connection.</summary>
    internal long Window { get; set; }

    /// <summary>Bytes received that the peer was not credited for yet.</summary>
    internal int Uncredited { get; set; }

    /// <summary>Sends a piece of the body.</summary>
    /// <returns>False when the connection is gone.</returns>
    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> body, bool end, CancellationToken cancellation = default) =>
        _connection.WriteDataAsync(this, body, end, cancellation);

    internal void TakeHeaders(List<KeyValuePair<string, string>> fields, bool end)
    {
        TakeByte();
        // Trailers have no :status; an interim response is not the response.
        var status = fields.Find(field => field.Key == ":status").Value;
        if (status is not null && int.TryParse(status, CultureInfo.InvariantCulture, out var code) && code >= 200)
        {
            Headers = fields;
            Status = code;
        }

        if (end)
        {
            EndAnswered();
        }
    }

    internal void TakeData(ReadOnlySpan<byte> data, bool end)
    {
        TakeByte();
        BodyLength += data.Length;
        _body.Write(data[..Math.Min(data.Length, MaxBodyKept - _body.WrittenCount)]);
        if (end)
        {
            EndAnswered();
        }
    }

    /// <summary>Ends it with something else than an answer; after an answer it does nothing.</summary>
    internal void End(Outcome outcome)
    {
        if (outcome is Outcome.Reset or Outcome.EndOfStream && _hasBytes)
        {
            outcome = Outcome.Truncated;
        }

        if (!_end.Task.IsCompleted)
        {
            EndedAt = Stopwatch.GetTimestamp();
            _end.TrySetResult(outcome);
        }
    }

    void TakeByte()
    {
        FirstByteAt = FirstByteAt == 0 ? Stopwatch.GetTimestamp() : FirstByteAt;
        _hasBytes = true;
    }

    void EndAnswered() => End(Status switch { 0 => Outcome.Malformed, 503 => Outcome.Unavailable, _ => Outcome.Answered });
}
