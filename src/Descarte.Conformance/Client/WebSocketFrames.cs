using System.Buffers.Binary;

namespace Descarte.Conformance.Client;

/// <summary>Reads a server's WebSocket frames (RFC 6455, section 5.2), which are never masked, from whatever pieces come.</summary>
sealed class WebSocketFrames
{
    const int CloseOpcode = 8;
    const int Longest = 16 * 1024 * 1024;

    byte[] _unread = [];

    /// <summary>The code of the close frame: 1005 for one without; null when there was none.</summary>
    public int? CloseCode { get; private set; }

    /// <summary>How many frames were read whole.</summary>
    public int Count { get; private set; }

    /// <summary>What a client answers to a close frame; a mask of zeros leaves the payload as it is.</summary>
    public static byte[] Close(int code) => code == 1005 ? [0x88, 0x80, 0, 0, 0, 0] : [0x88, 0x82, 0, 0, 0, 0, (byte)(code >> 8), (byte)code];

    /// <returns>False when what came is no frame.</returns>
    public bool Feed(ReadOnlySpan<byte> bytes)
    {
        _unread = [.. _unread, .. bytes];
        while (Lengths() is var (head, payload) && head + payload <= _unread.Length)
        {
            if ((_unread[0] & 0xf) == CloseOpcode)
            {
                CloseCode ??= payload >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(_unread.AsSpan(head)) : 1005;
            }

            Count++;
            _unread = _unread[(head + (int)payload)..];
        }

        return Lengths() is not { Payload: > Longest };
    }

    (int Head, long Payload)? Lengths() => _unread.Length < 2 ? null : (_unread[1] & 0x7f) switch
    {
        126 => _unread.Length < 4 ? null : (4, BinaryPrimitives.ReadUInt16BigEndian(_unread.AsSpan(2))),
        127 => _unread.Length < 10 ? null : (10, BinaryPrimitives.ReadInt64BigEndian(_unread.AsSpan(2)) & long.MaxValue),
        var length => (2, length),
    };
}
