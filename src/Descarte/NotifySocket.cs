using System.Globalization;
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
        UnixDomainSocketEndPoint address;
        try
        {
            address = new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path);
        }
        catch (ArgumentOutOfRangeException)
        {
            // Longer than any socket's name: nobody listens there.
            return null;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
        {
            // A service manager that does not read must not hold up a stop.
            SendTimeout = 100,
        };
        return new NotifySocket(socket, address);
    }

    /// <summary>Half of <c>WATCHDOG_USEC</c>, as sd_watchdog_enabled(3) advises; null where no watchdog waits for this process.</summary>
    public static TimeSpan? WatchdogPeriod()
    {
        var forPid = Environment.GetEnvironmentVariable("WATCHDOG_PID");
        var isForUs = string.IsNullOrEmpty(forPid) || forPid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isForUs && ulong.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(Math.Min(microseconds, (ulong)TimeSpan.FromDays(1).TotalMicroseconds) / 2.0)
            : null;
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
