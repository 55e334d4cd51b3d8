using System.Net.Sockets;
using System.Security.Cryptography;
using Descarte.Pool.Reconciling;

namespace Descarte.Pool.Processes;

/// <summary>Where one worker is heard: a datagram socket of its own, so that who speaks needs no proof. Source: sd_notify(3).</summary>
sealed class NotifyReceiver : IDisposable
{
    /// <summary>Larger than what any library sends.</summary>
    const int LongestDatagram = 8192;

    readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    readonly string? _path;

    /// <param name="path">The socket's file; null where no folder can be written to, for Linux's abstract names.</param>
    /// <param name="said">Called for each message, from any thread.</param>
    public NotifyReceiver(string? path, Action<Notification> said)
    {
        _path = path;
        var unguessable = path is null ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) : null;
        Address = path ?? "@descarte/" + unguessable;
        _socket.Bind(new UnixDomainSocketEndPoint(path ?? "\0descarte/" + unguessable));
        _ = ReceiveAsync(said);
    }

    /// <summary>False when the socket's file is gone: a folder for the time of a login is removed with it.</summary>
    public bool IsThere => _path is null || File.Exists(_path);

    /// <summary>The value of NOTIFY_SOCKET.</summary>
    public string Address { get; }

    public void Dispose()
    {
        _socket.Dispose();
        try
        {
            if (_path is not null)
            {
                File.Delete(_path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody has taken the folder away.
        }
    }

    async Task ReceiveAsync(Action<Notification> said)
    {
        var buffer = new byte[LongestDatagram];
        try
        {
            while (true)
            {
                var length = await _socket.ReceiveAsync(buffer);
                said(Notification.Parse(buffer.AsSpan(0, length)));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed: its worker has been reaped.
        }
    }
}
