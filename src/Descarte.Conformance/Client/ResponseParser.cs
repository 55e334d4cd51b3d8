using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Descarte.Conformance.Client;

/// <summary>
/// Reads one HTTP/1.1 response from whatever pieces the socket gives (RFC 9112), interim (1xx) responses skipped.
/// Reused from response to response: <see cref="Start"/> begins the next.
/// </summary>
public sealed class ResponseParser
{
    const int MaxLine = 64 * 1024;
    const int MaxBodyKept = 1024 * 1024;

    enum State
    {
        StatusLine,
        Field,
        FixedBody,
        UntilClose,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailer,
        Complete,
        Malformed,
    }

    readonly ArrayBufferWriter<byte> _line = new(256);
    readonly ArrayBufferWriter<byte> _head = new(512);
    readonly ArrayBufferWriter<byte> _body = new(256);
    State _state;
    bool _toHead;
    bool _chunked;
    long? _contentLength;
    long _left;

    /// <summary>Whether the whole response has been read.</summary>
    public bool IsComplete => _state == State.Complete;

    /// <summary>Whether what was read is not an HTTP response.</summary>
    public bool IsMalformed => _state == State.Malformed;

    /// <summary>Whether a byte has been read, of an interim response too.</summary>
    public bool HasBytes { get; private set; }

    /// <summary>The status code; 0 before the status line was read.</summary>
    public int Status { get; private set; }

    /// <summary>Whether the response carries <c>Connection: close</c> in so many words.</summary>
    public bool CloseAnnounced { get; private set; }

    /// <summary>Whether the connection cannot carry another request after this response.</summary>
    public bool MustClose { get; private set; }

    /// <summary>Bytes of body read, without the framing.</summary>
    public long BodyLength { get; private set; }

    /// <summary>The body, its first MiB.</summary>
    public ReadOnlySpan<byte> Body => _body.WrittenSpan;

    /// <summary>The body as text.</summary>
    public string BodyText => Encoding.UTF8.GetString(Body);

    /// <summary>Begins the next response.</summary>
    /// <param name="toHead">Whether it answers HEAD, and so has no body whatever its fields say.</param>
    public void Start(bool toHead = false)
    {
        _toHead = toHead;
        HasBytes = false;
        BodyLength = 0;
        _body.ResetWrittenCount();
        StartHead();
    }

    /// <summary>The value of a header field, the first of that name; null when there is none.</summary>
    public string? Header(string name)
    {
        foreach (var range in _head.WrittenSpan.Split((byte)'\n'))
        {
            var field = _head.WrittenSpan[range];
            var colon = field.IndexOf((byte)':');
            if (colon > 0 && Ascii.EqualsIgnoreCase(field[..colon], name))
            {
                return Encoding.Latin1.GetString(field[(colon + 1)..]).Trim();
            }
        }

        return null;
    }

    /// <summary>Reads on.</summary>
    /// <returns>How many of the bytes belong to this response; the rest comes after it.</returns>
    public int Feed(ReadOnlySpan<byte> bytes)
    {
        var total = bytes.Length;
        HasBytes |= total > 0;
        while (bytes.Length > 0 && _state < State.Complete)
        {
            bytes = bytes[(_state is State.FixedBody or State.UntilClose or State.ChunkData ? FeedBody(bytes) : FeedLine(bytes))..];
        }

        return total - bytes.Length;
    }

    /// <summary>Tells that the server closed the connection: the end of a body that has no other.</summary>
    public void End()
    {
        if (_state == State.UntilClose)
        {
            _state = State.Complete;
        }
    }

    void StartHead()
    {
        _state = State.StatusLine;
        Status = 0;
        CloseAnnounced = MustClose = _chunked = false;
        _contentLength = null;
        _line.ResetWrittenCount();
        _head.ResetWrittenCount();
    }

    int FeedBody(ReadOnlySpan<byte> bytes)
    {
        var count = _state == State.UntilClose ? bytes.Length : (int)Math.Min(_left, bytes.Length);
        BodyLength += count;
        _body.Write(bytes[..Math.Min(count, MaxBodyKept - _body.WrittenCount)]);
        _left -= count;
        if (_left == 0 && _state != State.UntilClose)
        {
            _state = _state == State.FixedBody ? State.Complete : State.ChunkEnd;
        }

        return count;
    }

    int FeedLine(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        var count = end < 0 ? bytes.Length : end + 1;
        _line.Write(bytes[..count]);
        if (_line.WrittenCount > MaxLine)
        {
            _state = State.Malformed;
        }
        else if (end >= 0)
        {
            var line = _line.WrittenSpan[..^1];
            TakeLine(line.EndsWith("\r"u8) ? line[..^1] : line);
            _line.ResetWrittenCount();
        }

        return count;
    }

    void TakeLine(ReadOnlySpan<byte> line)
    {
        switch (_state)
        {
            case State.StatusLine:
                TakeStatus(line);
                break;
            case State.Field when line.IsEmpty:
                TakeEndOfHead();
                break;
            case State.Field:
                TakeField(line);
                break;
            case State.ChunkSize:
                var digits = line.IndexOfAny(" ;\t"u8) is var at and >= 0 ? line[..at] : line;
                var valid = Utf8Parser.TryParse(digits, out _left, out var read, 'x') && read == digits.Length && _left >= 0;
                _state = !valid ? State.Malformed : _left == 0 ? State.Trailer : State.ChunkData;
                break;
            case State.ChunkEnd:
                _state = line.IsEmpty ? State.ChunkSize : State.Malformed;
                break;
            case State.Trailer:
                _state = line.IsEmpty ? State.Complete : State.Trailer;
                break;
        }
    }

    void TakeStatus(ReadOnlySpan<byte> line)
    {
        // HTTP/1.1 200 OK: the reason may be missing.
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[8] != ' ' || !Utf8Parser.TryParse(line.Slice(9, 3), out int status, out var read) || read != 3)
        {
            _state = State.Malformed;
            return;
        }

        Status = status;
        MustClose = line[7] == '0';
        _state = State.Field;
    }

    void TakeField(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            _state = State.Malformed;
            return;
        }

        _head.Write(line);
        _head.Write("\n"u8);
        var name = line[..colon];
        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (Ascii.EqualsIgnoreCase(name, "content-length"u8))
        {
            var valid = Utf8Parser.TryParse(value, out long length, out var read) && read == value.Length && length >= 0;
            _contentLength = length;
            _state = valid ? _state : State.Malformed;
        }
        else if (Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
        {
            _chunked = value.Length >= 7 && Ascii.EqualsIgnoreCase(value[^7..], "chunked"u8);
        }
        else if (Ascii.EqualsIgnoreCase(name, "connection"u8))
        {
            TakeConnection(value);
        }
    }

    void TakeConnection(ReadOnlySpan<byte> value)
    {
        foreach (var range in value.Split((byte)','))
        {
            var option = value[range].Trim(" \t"u8);
            CloseAnnounced |= Ascii.EqualsIgnoreCase(option, "close"u8);
            MustClose = CloseAnnounced || (MustClose && !Ascii.EqualsIgnoreCase(option, "keep-alive"u8));
        }
    }

    // The length of a message body: RFC 9112 section 6.3.
    void TakeEndOfHead()
    {
        if (Status is >= 100 and < 200 and not 101)
        {
            StartHead();
        }
        else if (_toHead || Status is 101 or 204 or 304)
        {
            _state = State.Complete;
        }
        else if (_chunked)
        {
            _state = State.ChunkSize;
        }
        else if (_contentLength is { } length)
        {
            _left = length;
            _state = length == 0 ? State.Complete : State.FixedBody;
        }
        else
        {
            MustClose = true;
            _state = State.UntilClose;
        }
    }
}
