using Descarte.Pool.Reconciling;

namespace Descarte.Pool;

/// <summary>Tells the service manager above (systemd, or another pool) how the pool is. Source: sd_notify(3).</summary>
sealed class ServiceManagerLink : IDisposable
{
    readonly NotifySocket? _socket = NotifySocket.FromEnvironment();
    readonly TimeSpan? _watchdogPeriod = NotifySocket.WatchdogPeriod();
    TimeSpan _nextHeartbeat;
    string _said = "";

    public TimeSpan NextDue => _socket is null || _watchdogPeriod is null ? TimeSpan.MaxValue : _nextHeartbeat;

    /// <summary>Called by the loop after each turn, so that its heartbeat is the loop's own.</summary>
    public void Tell(PoolMachine pool, TimeSpan now)
    {
        if (_socket is null)
        {
            return;
        }

        var state = pool.Phase switch
        {
            PoolPhase.Running when pool.ReadyCount > 0 => $"READY=1\nSTATUS={pool.ReadyCount} of {pool.Wanted} workers ready",
            PoolPhase.Running => "STATUS=No worker is ready",
            _ => $"STOPPING=1\nSTATUS=Stopping, {pool.All.Count()} workers left",
        };
        if (state != _said)
        {
            _said = state;
            _socket.Send(state);
        }

        if (now >= NextDue)
        {
            _nextHeartbeat = now + _watchdogPeriod!.Value;
            _socket.Send("WATCHDOG=1");
        }
    }

    public void Dispose() => _socket?.Dispose();
}
