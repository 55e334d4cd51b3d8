using System.Diagnostics;

namespace Descarte;

/// <summary>
/// Tells a service manager (systemd, a process pool) where the process stands, and feeds its watchdog for as long as
/// the thread pool answers and every probe reports progress. Source: sd_notify(3), sd_watchdog_enabled(3).
/// </summary>
sealed class ServiceManager : IDisposable
{
    readonly NotifySocket? _socket;
    readonly IProgressProbe[] _probes;
    readonly ManualResetEventSlim _disposed = new();

    public ServiceManager(IEnumerable<IProgressProbe> probes)
    {
        _socket = NotifySocket.FromEnvironment();
        _probes = _socket is null ? [] : [.. probes];
    }

    public void Ready()
    {
        if (_socket is null)
        {
            return;
        }

        if (NotifySocket.WatchdogPeriod() is not { } period)
        {
            _socket.Send("READY=1\nSTATUS=Serving");
        }
        else
        {
            // With its first beat: whoever hears it knows that others are to come, even if none ever does.
            _socket.Send("READY=1\nSTATUS=Serving\nWATCHDOG=1");
            new Thread(() => FeedWatchdog(_socket, period)) { IsBackground = true, Name = "drain: watchdog" }.Start();
        }
    }

    public void Stopping() => _socket?.Send("STOPPING=1\nSTATUS=Draining");

    public void Dispose()
    {
        _disposed.Set();
        _socket?.Dispose();
    }

    void FeedWatchdog(NotifySocket socket, TimeSpan period)
    {
        TimeSpan rest;
        do
        {
            var begun = Stopwatch.GetTimestamp();

            // An item at the end of the pool's global queue: it runs when all that was queued before it has had a thread.
            var answered = new ManualResetEventSlim();
            ThreadPool.UnsafeQueueUserWorkItem(static e => e.Set(), answered, preferLocal: false);
            if (answered.Wait(period) && Array.TrueForAll(_probes, probe => probe.MakesProgress()))
            {
                socket.Send("WATCHDOG=1");
            }

            // What the thread pool took to answer is not waited for a second time.
            rest = period - Stopwatch.GetElapsedTime(begun);
        }
        while (!_disposed.Wait(rest > TimeSpan.Zero ? rest : TimeSpan.Zero));
    }
}
