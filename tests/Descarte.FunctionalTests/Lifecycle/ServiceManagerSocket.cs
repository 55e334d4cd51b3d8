using System.Net.Sockets;
using System.Text;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>What a service manager binds for sd_notify(3).</summary>
sealed class ServiceManagerSocket : IDisposable
{
    readonly TempFolder _folder = new();
    readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    readonly byte[] _buffer = new byte[4096];

    /// <param name="isAbstract">No file, but a name of the abstract namespace (unix(7)), as systemd may choose it in a container.</param>
    public ServiceManagerSocket(bool isAbstract = false)
    {
        Path = isAbstract ? $"@descarte-{Guid.NewGuid():N}" : _folder["notify"];
        _socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? '\0' + Path[1..] : Path));
    }

    /// <summary>The value of NOTIFY_SOCKET.</summary>
    public string Path { get; }

    /// <summary>Whether nothing has been said that was not heard.</summary>
    public bool IsSilent => _socket.Available == 0;

    /// <summary>Waits for the next datagram.</summary>
    public async Task<string> HearsAsync() => Encoding.UTF8.GetString(_buffer, 0, await _socket.ReceiveAsync(_buffer, Raw.Limit));

    /// <summary>The first assignment of the next datagram that is no heartbeat.</summary>
    public async Task<string> HearsNewsAsync()
    {
        while (true)
        {
            if (await HearsAsync() is var news && news != "WATCHDOG=1")
            {
                return news.Split('\n')[0];
            }
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }
}
