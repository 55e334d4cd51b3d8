using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Descarte.Doors;

/// <summary>
/// A listening endpoint that can be closed without dropping anyone: who has connected is let in, who comes later is
/// refused. How depends on the socket.
/// </summary>
/// <param name="listener">What the server accepts from.</param>
/// <param name="socket">The listening socket; null where it is not known.</param>
/// <param name="inherited">The socket belongs to other processes, too; null where it does not.</param>
/// <param name="path">The socket's file name, where it has one.</param>
/// <param name="longest">How long closing may take, whatever it waits for.</param>
sealed class Door(IConnectionListener listener, Socket? socket, FileHandleEndPoint? inherited, UnixPath? path, TimeSpan longest)
{
    // All in steps of a millisecond in which the thread pool has answered: a server that gets no thread, or no processor, to accept with must not
    // lose its queue by that.

    /// <summary>How long handshakes are waited for. One on a network that needs longer is refused like one that comes later.</summary>
    const int HandshakesMayTake = 250;

    /// <summary>How long a queue may stand still. The thread that accepts may get no processor while others do; one that never comes must not hold the stop.</summary>
    const int StandsStill = 2_000;

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

    /// <summary>Blocks while the queue empties; completes when the accept loop has ended.</summary>
    public async Task Close()
    {
        var until = Stopwatch.GetTimestamp() + (long)(longest.TotalSeconds * Stopwatch.Frequency);
        if (inherited is null && socket is not null)
        {
            try
            {
                LetIn(socket, until);
            }
            catch (ObjectDisposedException)
            {
                // The server has closed it by itself just now: Kestrel does so with an endpoint that leaves its configuration.
            }
        }

        await listener.UnbindAsync();
        await _acceptLoopEnded.Task.WaitAsync(TimeLeft(until)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (inherited is not null && _acceptLoopEnded.Task.IsCompleted)
        {
            InheritedListeners.LetGo(inherited);
        }
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
        return moved || (Volatile.Read(ref _waiting) == 1 && (inherited is not null || !AnyoneQueues()));
    }

    void LetIn(Socket listening, long until)
    {
        var isGone = path?.Unlink() == true;
        var port = (listening.LocalEndPoint as IPEndPoint)?.Port;
        var refusing = OperatingSystem.IsLinux() && port is not null && LinuxBacklog.TryRefuseHandshakes(listening);

        // Where newcomers cannot be refused while the queue empties, it might never.
        var most = refusing || isGone ? int.MaxValue : HandshakesMayTake;
        var (handshakes, still, last) = (0, 0, Volatile.Read(ref _accepted));
        for (var step = 0; step < most && still < StandsStill && !_acceptLoopEnded.Task.IsCompleted; step++)
        {
            // Handshakes before the queue: one that completes in between is then seen in the queue.
            var shake = refusing && handshakes < HandshakesMayTake && LinuxHandshakes.UnderWay(port!.Value, listening.AddressFamily);
            if (!AnyoneQueues())
            {
                if (!shake)
                {
                    return;
                }

                // Behind a full queue they cannot complete.
                handshakes++;
            }

            Thread.Sleep(1);
            if (!ThreadPoolAnswers(TimeLeft(until)))
            {
                return;
            }

            var accepted = Volatile.Read(ref _accepted);
            (still, last) = (accepted == last ? still + 1 : 0, accepted);
        }
    }

    static bool ThreadPoolAnswers(TimeSpan within)
    {
        var answered = new ManualResetEventSlim();
        ThreadPool.UnsafeQueueUserWorkItem(static e => e.Set(), answered, preferLocal: false);
        return answered.Wait(within);
    }

    static TimeSpan TimeLeft(long until) => Max(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), until), TimeSpan.Zero);

    static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

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
