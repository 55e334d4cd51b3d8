using System.Diagnostics;

namespace Descarte.Pool.Processes;

/// <summary>
/// Notices when the terminal that this process was started in is closed. The system says so by SIGHUP, but by SIGHUP people ask for a restart, too, and may do so
/// long after a terminal that nobody missed.
/// </summary>
sealed class TerminalWatch
{
    static readonly TimeSpan JustNow = TimeSpan.FromSeconds(5);

    readonly int _descriptor;
    long _closedAt;

    TerminalWatch(int descriptor)
    {
        _descriptor = descriptor;
        new Thread(Watch) { IsBackground = true, Name = "pool: terminal" }.Start();
    }

    /// <summary>True for a moment after the terminal was closed.</summary>
    public bool HasJustClosed =>
        !Libc.IsTerminal(_descriptor) && (Volatile.Read(ref _closedAt) is var at && (at == 0 || Stopwatch.GetElapsedTime(at) < JustNow));

    /// <returns>Null when standard input, output and error are no terminals.</returns>
    public static TerminalWatch? Start() => Enumerable.Range(0, 3).Where(Libc.IsTerminal).Select(descriptor => new TerminalWatch(descriptor)).FirstOrDefault();

    unsafe void Watch()
    {
        // Asked for nothing, poll(2) still tells of the end.
        var terminal = new PollDescriptor { Descriptor = _descriptor };
        while (Libc.Poll(&terminal, 1, timeoutMilliseconds: -1) < 0)
        {
        }

        Volatile.Write(ref _closedAt, Stopwatch.GetTimestamp());
    }
}
