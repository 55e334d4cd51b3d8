using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;

namespace Descarte.Conformance.Client.Http2;

/// <summary>The reading half: one loop takes every frame.</summary>
public sealed partial class Http2Connection
{
    const uint RefusedStream = 7;

    async Task<Outcome> ReadFramesAsync()
    {
        Outcome? end = null;
        try
        {
            while ((end = await FillAsync(Frame.HeadLength)) is null)
            {
                var frame = Frame.Read(_frame.WrittenSpan);
                if ((end = await FillAsync(frame.Length)) is not null)
                {
                    break;
                }

                if (Take(frame, _frame.WrittenSpan) is { } reply)
                {
                    await WriteFrameAsync(reply, _disposed.Token);
                }
            }
        }
        catch (InvalidDataException)
        {
            end = Outcome.Malformed;
        }
        catch (OperationCanceledException)
        {
            end = Outcome.EndOfStream;
        }

        lock (_gate)
        {
            _end = end;
            foreach (var stream in _open.Values.ToArray())
            {
                Close(stream, end!.Value);
            }
        }

        return end!.Value;
    }

    // Moves exactly this many bytes from the wire into the frame buffer.
    async ValueTask<Outcome?> FillAsync(int count)
    {
        _frame.ResetWrittenCount();
        while (_frame.WrittenCount < count)
        {
            if (_wire.Unread.IsEmpty && await _wire.ReadAsync(_disposed.Token) is { } end)
            {
                return end;
            }

            var piece = Math.Min(count - _frame.WrittenCount, _wire.Unread.Length);
            _frame.Write(_wire.Unread[..piece]);
            _wire.Take(piece);
        }

        return null;
    }

    byte[]? Take(Frame frame, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            switch (frame.Type)
            {
                case FrameType.Data:
                    return TakeData(frame, Unpad(frame, payload));
                case FrameType.Headers:
                    _headers = frame;
                    _block.ResetWrittenCount();
                    TakeBlock(frame, Unpad(frame, payload)[(frame.Has(Frame.Priority) ? 5 : 0)..]);
                    return null;
                case FrameType.Continuation:
                    TakeBlock(frame, payload);
                    return null;
                case FrameType.RstStream when _open.TryGetValue(frame.StreamId, out var stream):
                    Close(stream, BinaryPrimitives.ReadUInt32BigEndian(payload) == RefusedStream ? Outcome.NotProcessed : Outcome.Reset);
                    return null;
                case FrameType.Settings when !frame.Has(Frame.EndStream):
                    TakeSettings(payload);
                    return Frame.Write(FrameType.Settings, Frame.EndStream, 0, []);
                case FrameType.Ping when !frame.Has(Frame.EndStream):
                    return Frame.Write(FrameType.Ping, Frame.EndStream, 0, payload);
                case FrameType.GoAway:
                    TakeGoAway(new GoAway(
                        BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue,
                        BinaryPrimitives.ReadUInt32BigEndian(payload[4..]),
                        Stopwatch.GetTimestamp()));
                    return null;
                case FrameType.WindowUpdate:
                    Grow(frame.StreamId, BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue);
                    return null;
                default:
                    return null;
            }
        }
    }

    static ReadOnlySpan<byte> Unpad(Frame frame, ReadOnlySpan<byte> payload) =>
        frame.Has(Frame.Padded) ? payload[1..^payload[0]] : payload;

    byte[]? TakeData(Frame frame, ReadOnlySpan<byte> data)
    {
        if (_open.TryGetValue(frame.StreamId, out var stream))
        {
            stream.TakeData(data, frame.Has(Frame.EndStream));
            Forget(stream);
        }

        _uncredited += frame.Length;
        byte[] credit = [];
        if (_uncredited > OwnWindow / 4)
        {
            credit = Number(FrameType.WindowUpdate, 0, _uncredited);
            _uncredited = 0;
        }

        if (stream is { Completion.IsCompleted: false } && (stream.Uncredited += frame.Length) > OwnWindow / 4)
        {
            credit = [.. credit, .. Number(FrameType.WindowUpdate, stream.Id, stream.Uncredited)];
            stream.Uncredited = 0;
        }

        return credit.Length > 0 ? credit : null;
    }

    void TakeBlock(Frame frame, ReadOnlySpan<byte> fragment)
    {
        _block.Write(fragment);
        if (!frame.Has(Frame.EndHeaders))
        {
            return;
        }

        // Decoded even for a stream that has ended: the table must stay in step.
        var fields = _hpack.Decode(_block.WrittenSpan);
        if (_open.TryGetValue(_headers.StreamId, out var stream))
        {
            stream.TakeHeaders(fields, _headers.Has(Frame.EndStream));
            Forget(stream);
        }
    }

    void TakeSettings(ReadOnlySpan<byte> settings)
    {
        for (; settings.Length >= 6; settings = settings[6..])
        {
            var value = BinaryPrimitives.ReadInt32BigEndian(settings[2..]);
            switch (BinaryPrimitives.ReadUInt16BigEndian(settings))
            {
                case 4: // INITIAL_WINDOW_SIZE, for streams already open too (RFC 9113 section 6.9.2)
                    foreach (var stream in _open.Values)
                    {
                        stream.Window += value - _streamWindow;
                    }

                    _streamWindow = value;
                    Grow(0, 0);
                    break;
                case 5: // MAX_FRAME_SIZE
                    _maxFrame = value;
                    break;
            }
        }
    }

    void TakeGoAway(GoAway goAway)
    {
        _goAways.Add(goAway);
        foreach (var stream in _open.Values.Where(stream => stream.Id > goAway.LastStreamId).ToArray())
        {
            Close(stream, Outcome.NotProcessed);
        }
    }

    void Grow(int streamId, int by)
    {
        if (streamId == 0)
        {
            _window += by;
        }
        else if (_open.TryGetValue(streamId, out var stream))
        {
            stream.Window += by;
        }

        _windowGrew.TrySetResult();
        _windowGrew = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    void Close(Http2Stream stream, Outcome outcome)
    {
        // A stream opened in the moment of the GOAWAY is above its id: the server says that it did nothing with it.
        var above = _goAways.Count > 0 && stream.Id > _goAways[^1].LastStreamId;
        stream.End(above ? Outcome.NotProcessed : outcome);
        _open.Remove(stream.Id);
    }

    void Forget(Http2Stream stream)
    {
        if (stream.Completion.IsCompleted)
        {
            _open.Remove(stream.Id);
        }
    }
}
