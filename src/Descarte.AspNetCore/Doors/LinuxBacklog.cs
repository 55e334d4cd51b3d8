using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Descarte.Doors;

/// <summary>What Linux tells of, and does to, the queue of connections in front of a listening TCP socket.</summary>
static class LinuxBacklog
{
    // <asm-generic/socket.h>, <netinet/tcp.h>, <linux/tcp.h>; the generic numbers, which x86 and ARM share.
    const int SolSocket = 1;
    const int SoAttachFilter = 26;
    const int IpProtoTcp = 6;
    const int TcpInfo = 11;

    /// <summary>Offset of tcpi_unacked, which on a listening socket is the length of the accept queue.</summary>
    const int UnackedOffset = 24;

    /// <summary>
    /// Lets no new handshake begin: drops segments with SYN and without ACK. Handshakes under way are completed.
    /// At a listening socket the filter sees the TCP header first; its flags are byte 13 (RFC 9293, section 3.1).
    /// </summary>
    /// <returns>False where the kernel refuses; the caller then accepts until the queue is empty and closes.</returns>
    public static unsafe bool TryRefuseHandshakes(Socket listener)
    {
        // struct sock_filter { u16 code; u8 jt, jf; u32 k; } from <linux/filter.h>.
        ReadOnlySpan<ulong> program =
        [
            Instruction(0x30, 0, 0, 13),         // load byte 13
            Instruction(0x54, 0, 0, 0x12),       // and SYN|ACK
            Instruction(0x15, 0, 1, 0x02),       // SYN alone?
            Instruction(0x06, 0, 0, 0),          // drop
            Instruction(0x06, 0, 0, 0x40000),    // keep
        ];
        fixed (ulong* instructions = program)
        {
            var fprog = new FilterProgram { Length = (ushort)program.Length, Instructions = instructions };
            try
            {
                listener.SetRawSocketOption(SolSocket, SoAttachFilter, MemoryMarshal.AsBytes(new ReadOnlySpan<FilterProgram>(in fprog)));
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    /// <summary>Connections that the kernel has completed and the process has not accepted.</summary>
    public static uint QueueLength(Socket listener)
    {
        Span<byte> info = stackalloc byte[104];
        var length = listener.GetRawSocketOption(IpProtoTcp, TcpInfo, info);
        return length < UnackedOffset + sizeof(uint) ? 0 : BitConverter.ToUInt32(info[UnackedOffset..]);
    }

    static ulong Instruction(ushort code, byte ifTrue, byte ifFalse, uint k)
    {
        Span<byte> bytes = stackalloc byte[8];
        BitConverter.TryWriteBytes(bytes, code);
        bytes[2] = ifTrue;
        bytes[3] = ifFalse;
        BitConverter.TryWriteBytes(bytes[4..], k);
        return BitConverter.ToUInt64(bytes);
    }

    [StructLayout(LayoutKind.Sequential)]
    unsafe struct FilterProgram
    {
        public ushort Length;
        public ulong* Instructions;
    }
}
