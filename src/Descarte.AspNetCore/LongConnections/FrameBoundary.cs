namespace Descarte.LongConnections;

/// <summary>Follows unmasked WebSocket frames byte by byte, however they are cut into writes (RFC 6455, section 5.2).</summary>
sealed class FrameBoundary
{
    const int OpcodeMask = 0x0f;
    const int Close = 0x08;

    int _headerBytes;
    int _lengthBytes;
    ulong _length;

    /// <summary>The next byte begins a frame.</summary>
    public bool IsBetweenFrames => _headerBytes == 0 && _length == 0;

    public bool SawClose { get; private set; }

    public void Pass(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_headerBytes == 0 && _length > 0)
            {
                var payload = (int)Math.Min(_length, (ulong)bytes.Length);
                _length -= (ulong)payload;
                bytes = bytes[payload..];
                continue;
            }

            PassHeader(bytes[0]);
            bytes = bytes[1..];
        }
    }

    void PassHeader(byte value)
    {
        switch (_headerBytes++)
        {
            case 0:
                SawClose |= (value & OpcodeMask) == Close;
                break;
            case 1:
                _lengthBytes = (value & 0x7f) switch { 126 => 2, 127 => 8, _ => 0 };
                _length = _lengthBytes == 0 ? (ulong)(value & 0x7f) : 0;
                break;
            default:
                _length = (_length << 8) | value;
                _lengthBytes--;
                break;
        }

        if (_headerBytes >= 2 && _lengthBytes == 0)
        {
            _headerBytes = 0;
        }
    }
}
