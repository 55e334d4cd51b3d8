using System.Net.Sockets;
using System.Text;

namespace Descarte;

/// <summary>Sends datagrams of systemd's notify protocol. Source: sd_notify(3).</summary>
sealed class NotifySocket : IDisposable
{
    readonly Socket _socket;
    readonly UnixDomainSocketEndPoint _address;

    NotifySocket(Socket socket, UnixDomainSocketEndPoint address) => (_socket, _address) = (socket, address);

    /// <summary>The socket that <c>NOTIFY_SOCKET</c> names, or null where no service manager listens.</summary>
    public static NotifySocket? FromEnvironment()
    {
        var path = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(path) || OperatingSystem.IsWindows())
        {
            return null;
        }

        // A leading @ stands for the zero byte of the abstract namespace, as unix(7) calls it.
        var address = path[0] == '@' ? '\0' + path[1..] : path;
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
        {
            // A service manager that does not read must not hold up a stop.
            SendTimeout = 100,
        };
        return new NotifySocket(socket, new UnixDomainSocketEndPoint(address));
    }

    public void Send(string state)
    {
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(state), _address);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // A service manager that does not listen is no reason to fail; one that wanted to know notices the silence.
        }
    }

    public void Dispose() => _socket.Dispose();
}
