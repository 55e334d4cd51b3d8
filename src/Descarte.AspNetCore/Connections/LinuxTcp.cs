using System.Net.Sockets;

namespace Descarte.Connections;

/// <summary>What Linux knows of a TCP connection. Source: struct tcp_info in linux/tcp.h.</summary>
/// <param name="SinceLastData">Time since the kernel last received data on the connection, or since the connection was made.</param>
/// <param name="Acknowledged">Bytes of ours that the other side has received, since the connection was made.</param>
readonly record struct LinuxTcp(TimeSpan SinceLastData, long Acknowledged)
{
    const int IpProtoTcp = 6;
    const int TcpInfo = 11;
    const byte Closed = 7;
    const int LastDataReceived = 52;
    const int BytesAcked = 120;

    /// <summary>Null where it cannot be known: another system, another kind of socket, a kernel before 4.1, a connection that is gone.</summary>
    public static LinuxTcp? Of(Socket? socket)
    {
        if (socket is null || !OperatingSystem.IsLinux() || socket.AddressFamily == AddressFamily.Unix)
        {
            return null;
        }

        Span<byte> info = stackalloc byte[BytesAcked + sizeof(long)];
        try
        {
            return socket.GetRawSocketOption(IpProtoTcp, TcpInfo, info) < info.Length || info[0] == Closed
                ? null
                : new LinuxTcp(
                    TimeSpan.FromMilliseconds(BitConverter.ToUInt32(info[LastDataReceived..])),
                    BitConverter.ToInt64(info[BytesAcked..]));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
