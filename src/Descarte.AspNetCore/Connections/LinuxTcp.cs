using System.Net.Sockets;

namespace Descarte.Connections;

/// <summary>What Linux knows of a TCP connection. Source: struct tcp_info in linux/tcp.h.</summary>
/// <param name="SinceLastData">Time since the kernel last received data on the connection, or since the connection was made.</param>
/// <param name="AllSent">Everything written to the socket has been sent and acknowledged.</param>
readonly record struct LinuxTcp(TimeSpan SinceLastData, bool AllSent)
{
    const int IpProtoTcp = 6;
    const int TcpInfo = 11;
    const int Unacked = 24;
    const int LastDataReceived = 52;
    const int NotSentBytes = 144;

    /// <summary>Null where it cannot be known: another system, another kind of socket, a kernel before 4.6, a connection that is gone.</summary>
    public static LinuxTcp? Of(Socket? socket)
    {
        if (socket is null || !OperatingSystem.IsLinux() || socket.AddressFamily == AddressFamily.Unix)
        {
            return null;
        }

        Span<byte> info = stackalloc byte[NotSentBytes + sizeof(uint)];
        try
        {
            return socket.GetRawSocketOption(IpProtoTcp, TcpInfo, info) < info.Length
                ? null
                : new LinuxTcp(
                    TimeSpan.FromMilliseconds(BitConverter.ToUInt32(info[LastDataReceived..])),
                    BitConverter.ToUInt32(info[Unacked..]) == 0 && BitConverter.ToUInt32(info[NotSentBytes..]) == 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
