using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Descarte.Doors;

/// <summary>
/// Handshakes that are under way with a port of this machine. The kernel is asked for them alone (sock_diag(7)): its table of all connections as text
/// takes tens of milliseconds to read where some thousand have just been closed. Where it may not be asked (seccomp, RestrictAddressFamilies=), that table is read.
/// </summary>
static partial class LinuxHandshakes
{
    // <linux/netlink.h>, <linux/sock_diag.h>, <linux/inet_diag.h>, <bits/socket.h>.
    const int AfNetlink = 16;
    const int SockRaw = 3;
    const int SockCloseOnExec = 0x80000;
    const int NetlinkSockDiag = 4;
    const ushort SockDiagByFamily = 20;
    const ushort RequestDump = 0x301;
    const ushort Done = 3;
    const int HeaderLength = 16;
    const int DoNotWait = 0x40;
    const byte IpProtoTcp = 6;
    const byte AfInet = 2;
    const byte AfInet6 = 10;

    /// <summary>SYN_RECV, and the kernel's own name for one without a socket yet (TCP_NEW_SYN_RECV).</summary>
    const uint States = (1 << 3) | (1 << 12);

    /// <summary>Whether there is one.</summary>
    /// <param name="port">The listening port.</param>
    /// <param name="family">Of the listening socket, whatever its client's.</param>
    public static bool UnderWay(int port, AddressFamily family) => Ask(port, family) ?? Read(port, family);

    /// <returns>Null where the kernel does not say.</returns>
    internal static unsafe bool? Ask(int port, AddressFamily family, byte protocol = IpProtoTcp)
    {
        var socket = Socket(AfNetlink, SockRaw | SockCloseOnExec, NetlinkSockDiag);
        if (socket < 0)
        {
            return null;
        }

        try
        {
            var question = new Question
            {
                Length = (uint)sizeof(Question),
                Type = SockDiagByFamily,
                Flags = RequestDump,
                Family = family == AddressFamily.InterNetworkV6 ? AfInet6 : AfInet,
                Protocol = protocol,
                States = States,
                SourcePort = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness((ushort)port) : (ushort)port,
            };
            return Send(socket, &question, (nuint)sizeof(Question), 0) == sizeof(Question) ? Answer(socket) : null;
        }
        finally
        {
            _ = Close(socket);
        }
    }

    /// <summary>The first message is a handshake, or says that there is none, or (also an end, but with an error in it) that the kernel cannot tell. It is there when the question has been sent.</summary>
    static unsafe bool? Answer(int socket)
    {
        Span<byte> buffer = stackalloc byte[8 * 1024];
        fixed (byte* bytes = buffer)
        {
            var received = Receive(socket, bytes, (nuint)buffer.Length, DoNotWait);
            return received < HeaderLength ? null : BitConverter.ToUInt16(buffer[4..]) switch
            {
                SockDiagByFamily => true,
                Done when received >= HeaderLength + sizeof(int) && BitConverter.ToInt32(buffer[HeaderLength..]) == 0 => false,
                _ => null,
            };
        }
    }

    /// <summary>A line in state SYN_RECV (03): "  0: 0100007F:1388 0100007F:9C40 03 ...", local address, remote address, state.</summary>
    internal static bool Read(int port, AddressFamily family)
    {
        Span<char> local = stackalloc char[5];
        local[0] = ':';
        port.TryFormat(local[1..], out _, "X4", CultureInfo.InvariantCulture);
        Span<Range> parts = stackalloc Range[5];
        try
        {
            foreach (var line in File.ReadLines(family == AddressFamily.InterNetworkV6 ? "/proc/net/tcp6" : "/proc/net/tcp"))
            {
                var fields = line.AsSpan().Trim();
                if (fields.Split(parts, ' ', StringSplitOptions.RemoveEmptyEntries) == 5
                    && fields[parts[3]] is "03"
                    && fields[parts[1]].EndsWith(local, StringComparison.Ordinal))
                {
                    return true;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No IPv6, no /proc, or no right to look: nothing to see there.
        }

        return false;
    }

    /// <summary>struct nlmsghdr and struct inet_diag_req_v2. Zeroes match anything.</summary>
    [StructLayout(LayoutKind.Sequential)]
    unsafe struct Question
    {
        public uint Length;
        public ushort Type;
        public ushort Flags;
        public uint Sequence;
        public uint Sender;
        public byte Family;
        public byte Protocol;
        public byte Extensions;
        public byte Padding;
        public uint States;
        public ushort SourcePort;
        public ushort DestinationPort;
        public fixed uint Addresses[8];
        public uint Interface;
        public fixed uint Cookie[2];
    }

    [LibraryImport("libc", EntryPoint = "socket")]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send")]
    private static unsafe partial nint Send(int socket, void* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv")]
    private static unsafe partial nint Receive(int socket, void* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int socket);
}
