using System.Buffers.Binary;

namespace Descarte.Conformance.Client.Http2;

/// <summary>The nine bytes before every frame (RFC 9113 section 4.1).</summary>
readonly record struct Frame(int Length, FrameType Type, byte Flags, int StreamId)
{
    public const int HeadLength = 9;
    public const byte EndStream = 0x1; // also ACK of SETTINGS and PING
    public const byte EndHeaders = 0x4;
    public const byte Padded = 0x8;
    public const byte Priority = 0x20;

    public static Frame Read(ReadOnlySpan<byte> head) => new(
        (head[0] << 16) | (head[1] << 8) | head[2],
        (FrameType)head[3],
        head[4],
        (int)(BinaryPrimitives.ReadUInt32BigEndian(head[5..]) & int.MaxValue));

    /// <summary>A whole frame, ready to be written.</summary>
    public static byte[] Write(FrameType type, byte flags, int streamId, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeadLength + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = (byte)type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), streamId);
        payload.CopyTo(frame.AsSpan(HeadLength));
        return frame;
    }

    public bool Has(byte flag) => (Flags & flag) != 0;
}

/// <summary>RFC 9113 section 6.</summary>
enum FrameType : byte
{
    Data,
    Headers,
    Priority,
    RstStream,
    Settings,
    PushPromise,
    Ping,
    GoAway,
    WindowUpdate,
    Continuation,
}
