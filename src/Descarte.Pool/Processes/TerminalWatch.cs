using System.Diagnostics;

namespace Descarte.Pool.Processes;

/// <summary>
/// Notices when the terminal that this process was started in is closed. The system says so by SIGHUP, but by SIGHUP people ask for a restart, too, and may do so
/// long after a terminal that nobody missed.
/// </summary>
sealed class TerminalWatch : IDisposable
{
    static readonly TimeSpan JustNow = TimeSpan.FromSeconds(5);

    /// <summary>A pseudo-terminal tells of its end at once, a text console not at all.</summary>
    const int PeriodMilliseconds = 1_000;

    readonly int _descriptor;
    readonly Action _closed;
    long _closedAt;
    volatile bool _disposed;

    TerminalWatch(int descriptor, Action closed)
    {
        (_descriptor, _closed) = (descriptor, closed);
        new Thread(Watch) { IsBackground = true, Name = "pool: terminal" }.Start();
    }

    /// <summary>True for a moment after the terminal was closed.</summary>
    public bool HasJustClosed =>
        !Libc.IsTerminal(_descriptor) && (Volatile.Read(ref _closedAt) is var at && (at == 0 || Stopwatch.GetElapsedTime(at) < JustNow));

    /// <param name="closed">Called once, from another thread.</param>
    /// <returns>Null when standard input, output and error are no terminals.</returns>
    public static TerminalWatch? Start(Action closed) => Enumerable.Range(0, 3).Where(Libc.IsTerminal).Select(descriptor => new TerminalWatch(descriptor, closed)).FirstOrDefault();

    public void Dispose() => _disposed = true;

    unsafe void Watch()
    {
        // Asked for nothing, poll(2) still tells of the end.
        var terminal = new PollDescriptor { Descriptor = _descriptor };
        while (Libc.IsTerminal(_descriptor))
        {
            _ = Libc.Poll(&terminal, 1, PeriodMilliseconds);
            if (_disposed)
            {
                return;
            }
        }

        Volatile.Write(ref _closedAt, Stopwatch.GetTimestamp());
        _closed();
    }
}
