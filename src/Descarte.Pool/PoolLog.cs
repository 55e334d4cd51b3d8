using Descarte.Pool.Reconciling;
using Microsoft.Extensions.Logging;

namespace Descarte.Pool;

/// <summary>One structured event a change of state, with the reason.</summary>
sealed partial class PoolLog(ILogger logger, Func<Worker, IReadOnlyList<string>> lastLines) : IPoolJournal
{
    public void Listening(string name, IEnumerable<string> addresses, int workers) =>
        LogListening(logger, name, Environment.ProcessId, string.Join(", ", addresses) is { Length: > 0 } where ? where : "no socket", workers);

    public void Started(Worker worker) => LogStarted(logger, worker.Slot, worker.ProcessId);

    public void Ready(Worker worker, TimeSpan after) => LogReady(logger, worker.Slot, worker.ProcessId, after.TotalMilliseconds);

    public void Removing(Worker worker, string reason) => LogRemoving(logger, worker.Slot, worker.ProcessId, reason);

    public void Draining(Worker worker) => LogDraining(logger, worker.Slot, worker.ProcessId);

    public void Killing(Worker worker, string reason) => LogKilling(logger, worker.Slot, worker.ProcessId, reason);

    public void Exited(Worker worker, ExitStatus status, TimeSpan? after)
    {
        if (after is { } told)
        {
            LogGone(logger, worker.Slot, worker.ProcessId, status, told.TotalMilliseconds);
        }
        else
        {
            LogDied(logger, worker.Slot, worker.ProcessId, status);
        }
    }

    public void BackingOff(int slot, int failures, TimeSpan wait) => LogBackingOff(logger, slot, failures, wait.TotalMilliseconds);

    public void Resized(int from, int to) => LogResized(logger, from, to);

    public void RestartBegun(int workers) => LogRestartBegun(logger, workers);

    public void RestartEnded(string? failure)
    {
        if (failure is null)
        {
            LogRestarted(logger);
        }
        else
        {
            LogRestartFailed(logger, failure);
        }
    }

    public void Stopping(string reason, TimeSpan grace) => LogStopping(logger, reason, grace.TotalSeconds);

    public void Failed(string message) => LogFailed(logger, message);

    public void NoFolder() => LogNoFolder(logger);

    public void Stopped(int exitCode) => LogStopped(logger, exitCode);

    public void GaveUp(Worker worker, string reason)
    {
        LogGaveUp(logger, reason);
        foreach (var line in lastLines(worker))
        {
            LogLastLine(logger, line);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Pool} (pid {Pid}): listening on {Addresses}, {Workers} workers")]
    private static partial void LogListening(ILogger logger, string pool, int pid, string addresses, int workers);

    [LoggerMessage(2, LogLevel.Information, "worker {Worker} (pid {Pid}): started")]
    private static partial void LogStarted(ILogger logger, int worker, int pid);

    [LoggerMessage(3, LogLevel.Information, "worker {Worker} (pid {Pid}): ready after {ElapsedMs:0} ms")]
    private static partial void LogReady(ILogger logger, int worker, int pid, double elapsedMs);

    [LoggerMessage(4, LogLevel.Information, "worker {Worker} (pid {Pid}): told to stop: {Reason}")]
    private static partial void LogRemoving(ILogger logger, int worker, int pid, string reason);

    [LoggerMessage(5, LogLevel.Information, "worker {Worker} (pid {Pid}): stopping by itself")]
    private static partial void LogDraining(ILogger logger, int worker, int pid);

    [LoggerMessage(6, LogLevel.Warning, "worker {Worker} (pid {Pid}): killed: {Reason}")]
    private static partial void LogKilling(ILogger logger, int worker, int pid, string reason);

    [LoggerMessage(7, LogLevel.Information, "worker {Worker} (pid {Pid}): gone {ElapsedMs:0} ms after it was told: {Status}")]
    private static partial void LogGone(ILogger logger, int worker, int pid, ExitStatus status, double elapsedMs);

    [LoggerMessage(8, LogLevel.Warning, "worker {Worker} (pid {Pid}): ended, and nobody told it to: {Status}")]
    private static partial void LogDied(ILogger logger, int worker, int pid, ExitStatus status);

    [LoggerMessage(9, LogLevel.Warning, "worker {Worker}: failed {Failures} times in a row; the next one starts in {WaitMs:0} ms")]
    private static partial void LogBackingOff(ILogger logger, int worker, int failures, double waitMs);

    [LoggerMessage(10, LogLevel.Information, "scaling from {From} to {To} workers")]
    private static partial void LogResized(ILogger logger, int from, int to);

    [LoggerMessage(11, LogLevel.Information, "rolling restart of {Workers} workers")]
    private static partial void LogRestartBegun(ILogger logger, int workers);

    [LoggerMessage(12, LogLevel.Information, "rolling restart: done")]
    private static partial void LogRestarted(ILogger logger);

    [LoggerMessage(13, LogLevel.Error, "rolling restart: failed, the old workers stay: {Reason}")]
    private static partial void LogRestartFailed(ILogger logger, string reason);

    [LoggerMessage(14, LogLevel.Information, "{Reason}: stopping all workers, grace period {GraceSeconds:0.#} s")]
    private static partial void LogStopping(ILogger logger, string reason, double graceSeconds);

    [LoggerMessage(15, LogLevel.Information, "stopped; exit code {ExitCode}")]
    private static partial void LogStopped(ILogger logger, int exitCode);

    [LoggerMessage(16, LogLevel.Error, "giving up, for no worker could start: {Reason}; its last lines on standard error:")]
    private static partial void LogGaveUp(ILogger logger, string reason);

    [LoggerMessage(18, LogLevel.Error, "something could not be done, and the pool goes on without it: {Problem}")]
    private static partial void LogFailed(ILogger logger, string problem);

    [LoggerMessage(19, LogLevel.Warning, "no folder to keep sockets in (XDG_RUNTIME_DIR, /run, /tmp, /dev/shm): descarte ps and the other verbs will not find this pool")]
    private static partial void LogNoFolder(ILogger logger);

    [LoggerMessage(17, LogLevel.Error, "  {Line}")]
    private static partial void LogLastLine(ILogger logger, string line);
}
