using System.Collections;
using System.Globalization;

namespace Descarte.Pool.Processes;

/// <summary>
/// What a supervisor tells its worker through the environment: systemd's variables, and one of our own from which a
/// program knows that it is a worker.
/// </summary>
static class WorkerEnvironment
{
    /// <summary>The process id of the supervisor; meant for its children alone, so inherited further down it says nothing.</summary>
    public const string Supervisor = "DESCARTE_POOL";

    const string ListenPid = "LISTEN_PID";

    static readonly string[] Protocol =
        [ListenPid, "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", Supervisor];

    /// <summary>The supervisor's own environment with that of the worker over it, as lines of <c>NAME=value</c>.</summary>
    /// <param name="listeners">The names of the listeners that it inherits, in order.</param>
    /// <param name="notifySocket">Where it is listened to.</param>
    /// <param name="watchdog">How often it has to be heard.</param>
    public static List<string> For(IReadOnlyList<string> listeners, string? notifySocket, TimeSpan watchdog)
    {
        var lines = Lines(except: Protocol);
        lines.Add($"{Supervisor}={Environment.ProcessId}");
        if (listeners.Count > 0)
        {
            lines.Add($"LISTEN_FDS={listeners.Count}");
            lines.Add($"LISTEN_FDNAMES={string.Join(':', listeners)}");
        }

        if (notifySocket is not null)
        {
            lines.Add($"NOTIFY_SOCKET={notifySocket}");
            lines.Add($"WATCHDOG_USEC={(long)watchdog.TotalMicroseconds}");
        }

        return lines;
    }

    /// <summary>This process's own variables as C takes them.</summary>
    /// <param name="except">Names that are left out.</param>
    public static List<string> Lines(params IReadOnlyCollection<string> except) =>
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => !except.Contains((string)variable.Key))
            .Select(variable => $"{variable.Key}={variable.Value}")];

    /// <summary>The request belongs to the thread that makes it and ends with it: the first thread lives as long as the process, others may not.</summary>
    static void SignalOnParentDeath()
    {
        const int FirstThread = 1;
        if (Environment.CurrentManagedThreadId == FirstThread)
        {
            Libc.SignalOnParentDeath(Libc.SigTerm);
            return;
        }

        using var asked = new ManualResetEventSlim();
        new Thread(() =>
        {
            Libc.SignalOnParentDeath(Libc.SigTerm);
            asked.Set();
            Thread.Sleep(Timeout.Infinite);
        })
        { IsBackground = true, Name = "pool: parent death" }.Start();
        asked.Wait();
    }

    /// <summary>
    /// In a worker: what only the new process itself can do. LISTEN_PID names it, which nobody knew before it was there;
    /// and Linux sends it SIGTERM when the supervisor dies.
    /// </summary>
    /// <returns>False when this process is no worker.</returns>
    public static bool Adopt()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable(Supervisor), CultureInfo.InvariantCulture, out var supervisor)
            || supervisor != Libc.GetParentProcessId())
        {
            return false;
        }

        if (Environment.GetEnvironmentVariable("LISTEN_FDS") is not null)
        {
            Environment.SetEnvironmentVariable(ListenPid, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }

        SignalOnParentDeath();
        if (Libc.GetParentProcessId() != supervisor)
        {
            // It died before it was asked for a signal.
            _ = Libc.Kill(Environment.ProcessId, Libc.SigTerm);
        }

        return true;
    }
}
