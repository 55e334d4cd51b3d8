using System.Buffers.Binary;

namespace Descarte.FunctionalTests.LongConnections;

/// <summary>Reads a server's WebSocket frames, which are never masked (RFC 6455, section 5.2), from whatever pieces come. TestServer's are no longer than 65,535.</summary>
sealed class ServerFrames
{
    public const int Close = 8;

    byte[] _unread = [];
    bool _wentOn;

    /// <summary>How many frames were read whole.</summary>
    public int Count { get; private set; }

    public int LastOpcode { get; private set; }

    /// <summary>The payload of the last whole frame.</summary>
    public byte[] Last { get; private set; } = [];

    /// <summary>Whether the last thing read is a whole close frame, and nothing came after one before.</summary>
    public bool EndsWithClose => LastOpcode == Close && _unread.Length == 0 && !_wentOn;

    /// <summary>A client's frame, in one piece; a mask of zeros leaves the payload as it is.</summary>
    public static byte[] Masked(int opcode, ReadOnlySpan<byte> payload) => [(byte)(0x80 | opcode), (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload];

    public void Feed(byte[] bytes)
    {
        _wentOn |= LastOpcode == Close && bytes.Length > 0;
        _unread = [.. _unread, .. bytes];
        while (HeadLength is var head && head <= _unread.Length && head + PayloadLength is var end && end <= _unread.Length)
        {
            _wentOn |= LastOpcode == Close;
            LastOpcode = _unread[0] & 0xf;
            Last = _unread[head..end];
            _unread = _unread[end..];
            Count++;
        }
    }

    int HeadLength => _unread.Length < 2 ? 2 : _unread[1] < 126 ? 2 : 4;

    int PayloadLength => HeadLength == 2 ? _unread[1] : BinaryPrimitives.ReadUInt16BigEndian(_unread.AsSpan(2));
}
