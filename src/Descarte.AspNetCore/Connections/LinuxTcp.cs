using System.Net.Sockets;

namespace Descarte.Connections;

/// <summary>What Linux knows of a TCP connection. Source: struct tcp_info in linux/tcp.h.</summary>
static class LinuxTcp
{
    const int IpProtoTcp = 6;
    const int TcpInfo = 11;
    const int LastDataReceivedOffset = 52;

    /// <summary>Time since the kernel last received data on the connection, or since it was made; null where it cannot be known.</summary>
    public static TimeSpan? SinceLastData(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || socket.AddressFamily == AddressFamily.Unix)
        {
            return null;
        }

        Span<byte> info = stackalloc byte[64];
        try
        {
            return socket.GetRawSocketOption(IpProtoTcp, TcpInfo, info) < LastDataReceivedOffset + sizeof(uint)
                ? null
                : TimeSpan.FromMilliseconds(BitConverter.ToUInt32(info[LastDataReceivedOffset..]));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
