using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Descarte.Doors;

/// <summary>
/// A listening endpoint that can be closed without dropping anyone: who has connected is let in, who comes later is
/// refused. How depends on the socket.
/// </summary>
sealed class Door(IConnectionListener listener, Socket? socket, bool inherited, UnixPath? path)
{
    /// <summary>
    /// How long the queue in front of the door may take to empty. A handshake on a network that needs longer is
    /// refused like one that comes later.
    /// </summary>
    static readonly TimeSpan MayTake = TimeSpan.FromMilliseconds(250);

    readonly TaskCompletionSource _acceptLoopEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _waiting;
    int _accepted;
    int _acceptedAtLastCheck;

    /// <summary>The server waits for the next connection.</summary>
    public void Waiting() => Volatile.Write(ref _waiting, 1);

    public void Accepted()
    {
        _accepted++;
        Volatile.Write(ref _waiting, 0);
    }

    /// <summary>The accept loop has ended: every connection that was let in is known by now.</summary>
    public void Ended() => _acceptLoopEnded.TrySetResult();

    /// <summary>Blocks for at most 250 ms while the queue empties; completes when the accept loop has ended.</summary>
    public async Task Close()
    {
        if (!inherited && socket is not null)
        {
            LetIn(socket);
        }

        await listener.UnbindAsync();
        await _acceptLoopEnded.Task.WaitAsync(MayTake).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// False when connections have been waiting in the queue since the last call and none was accepted. On an
    /// inherited listener the queue is not ours alone; there the loop only has to be waiting or moving.
    /// </summary>
    public bool MakesProgress()
    {
        var accepted = Volatile.Read(ref _accepted);
        var moved = accepted != _acceptedAtLastCheck;
        _acceptedAtLastCheck = accepted;
        return moved || (Volatile.Read(ref _waiting) == 1 && (inherited || !AnyoneQueues()));
    }

    void LetIn(Socket listening)
    {
        var until = Stopwatch.GetTimestamp() + (long)(MayTake.TotalSeconds * Stopwatch.Frequency);
        path?.Unlink();
        var port = (listening.LocalEndPoint as IPEndPoint)?.Port;
        var refusing = OperatingSystem.IsLinux() && port is not null && LinuxBacklog.TryRefuseHandshakes(listening);

        // Handshakes before the queue: one that completes in between is then seen in the queue.
        while (((refusing && LinuxBacklog.HandshakeUnderWay(port!.Value)) || AnyoneQueues()) && Stopwatch.GetTimestamp() < until)
        {
            Thread.Sleep(1);
        }
    }

    bool AnyoneQueues()
    {
        try
        {
            return socket is not null && (OperatingSystem.IsLinux() && socket.AddressFamily != AddressFamily.Unix
                ? LinuxBacklog.QueueLength(socket) > 0
                : socket.Poll(0, SelectMode.SelectRead));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
