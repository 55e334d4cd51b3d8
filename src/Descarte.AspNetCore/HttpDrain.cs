using Descarte.Connections;
using Descarte.Doors;
using Descarte.LongConnections;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Descarte;

/// <summary>
/// The HTTP half of the drain. Closes the doors, ends the long connections, and lets every other connection go when
/// it has nothing in flight and nothing on its way.
/// </summary>
sealed class HttpDrain(
    IOptions<HttpDrainOptions> options,
    Closing closing,
    DoorRegistry doors,
    ConnectionRegistry connections,
    HubConnections hubs,
    DrainClock clock) : IDrainParticipant
{
    /// <summary>How long the connections of SignalR may take to close before the application's own stop aborts them.</summary>
    static readonly TimeSpan HubsMayTake = TimeSpan.FromMilliseconds(500);

    readonly TaskCompletionSource _saidGoodbye = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task SaidGoodbye => hubs.IsEmpty ? Task.CompletedTask : _saidGoodbye.Task;

    public int InFlight => connections.Requests.Count();

    /// <summary>An open door has a queue, and whoever is in it has connected.</summary>
    public bool HasBegun => !doors.IsEmpty || !connections.IsEmpty;

    public int Finished => closing.Finished;

    public TimeSpan? DoorClosedAt { get; private set; }

    public void BeginClosing() => closing.Announce();

    public void Describe(List<CutWork> work)
    {
        foreach (var request in connections.Requests)
        {
            if (request.Long is not { ClientKnows: true } && request.TryCut() is { } named)
            {
                work.Add(named);
            }
        }

        foreach (var connection in connections.Open)
        {
            if (connection.Requests.InUse == 0 && connection.AllSent == false)
            {
                work.Add(new CutWork($"a response that {connection.RemoteEndPoint} has not read", connection.QuietFor));
            }
        }
    }

    public async Task Drain(CancellationToken cut)
    {
        try
        {
            await CloseDoorsAndConnections(cut);
        }
        finally
        {
            _saidGoodbye.TrySetResult();
        }
    }

    async Task CloseDoorsAndConnections(CancellationToken cut)
    {
        // On a thread of its own and not awaited alone: HTTP/2 clients are told at once, while the door closes.
        var closed = doors.CloseAll();
        LookAfterMultiplexed();
        await closed;
        DoorClosedAt = clock.Now;

        // Long connections end behind a closed door: who reconnects at once does not get back in.
        closing.Drain();
        hubs.CloseAll();
        while (!connections.IsEmpty && !cut.IsCancellationRequested)
        {
            foreach (var request in connections.Requests)
            {
                request.EndIfLong();
            }

            LookAfterMultiplexed();
            LookAfterSilent();
            LookAfterStubborn();
            if (hubs.IsEmpty || clock.Now - DoorClosedAt > HubsMayTake)
            {
                _saidGoodbye.TrySetResult();
            }

            await Task.Delay(closing.Interval, cut).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // Timers overtake what waits for a thread; the end of the thread pool's queue does not. See LookAfterSilent.
            await Task.Yield();
        }
    }

    void LookAfterMultiplexed()
    {
        foreach (var connection in connections.Open)
        {
            if (connection.IsMultiplexed)
            {
                connection.RequestClose();
            }
        }
    }

    void LookAfterSilent()
    {
        foreach (var connection in connections.Open)
        {
            if (connection.IsMultiplexed || connection.IsLeaving || connection.Requests.InUse > 0)
            {
                connection.WasQuiet = false;
                continue;
            }

            var linger = Linger(connection);
            var quietFor = connection.QuietFor;
            if (connection.IsOpening)
            {
                if (quietFor > options.Value.HeadTimeout)
                {
                    connection.Abort(new ConnectionAbortedException("The process is stopping, and the rest of the TLS handshake did not come"));
                }
            }
            else if (connection.IsShut)
            {
                if (quietFor > options.Value.ReadOn && connection.ShutFor > options.Value.ReadOn)
                {
                    connection.Release();
                }

                if (connection.ShutFor > options.Value.ReadOn + options.Value.HeadTimeout)
                {
                    connection.Abort(new ConnectionAbortedException("The process is stopping, and the client goes on after the end"));
                }
            }
            else if (quietFor < linger || !connection.WasQuiet)
            {
                // Two looks with a turn of the thread pool between them: what had come in before the first has been read by the second.
                connection.WasQuiet = quietFor >= linger;
            }
            else if (!connection.TryShut(linger) && !connection.BytesWait && connection.QuietFor >= linger)
            {
                // The server itself knows whether a head is half received, of what it has seen: it then waits for the rest.
                connection.RequestClose();
                if (quietFor > options.Value.HeadTimeout && connection.IsInHead && connection.AllSent != false)
                {
                    connection.Abort(new ConnectionAbortedException("The process is stopping, and the rest of the request head did not come"));
                }
            }
        }
    }

    TimeSpan Linger(TrackedConnection connection) =>
        connection.IsNew && options.Value.NewConnectionLinger > options.Value.IdleLinger ? options.Value.NewConnectionLinger : options.Value.IdleLinger;

    void LookAfterStubborn()
    {
        foreach (var request in connections.Requests)
        {
            if (request.Long is { IsEnded: true } connection && connection.EndedFor > options.Value.LongConnectionTimeout)
            {
                request.Abort(connection);
            }
        }
    }
}
