using Microsoft.Extensions.Logging;

namespace Descarte;

partial class DrainReporter
{
    [LoggerMessage(1, LogLevel.Information, "{Reason}: stopping with {InFlight} in flight, grace period {GracePeriod}, lame duck {LameDuck}")]
    private static partial void LogStopping(ILogger logger, string reason, int inFlight, TimeSpan gracePeriod, TimeSpan lameDuck);

    [LoggerMessage(EventId = 2, Message = "{Reason}: stopped after {StoppedMs:0} ms; in flight {InFlight}, finished {Finished}, cut {Cut}{CutWork}; draining at {DrainingMs:0} ms, door closed at {DoorClosedMs:0} ms, drained at {DrainedMs:0} ms; exit code {ExitCode}")]
    private static partial void LogReport(
        ILogger logger, LogLevel level, string reason, double stoppedMs, int inFlight, int finished, int cut, string cutWork,
        double drainingMs, double? doorClosedMs, double drainedMs, int exitCode);

    [LoggerMessage(3, LogLevel.Error, "OnDrained or a listener of the meter failed; the stop goes on without it")]
    private static partial void LogCallbackFailed(ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "A step of the stop failed; the stop goes on")]
    private static partial void LogStepFailed(ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "{Reason}: the process is ended after {ElapsedMs:0} ms, for something still hangs after its report: a log sink, OnDrained, code behind the host or a ProcessExit handler; exit code {ExitCode}")]
    private static partial void LogLate(ILogger logger, string reason, double elapsedMs, int exitCode);

    [LoggerMessage(6, LogLevel.Warning, "{Lifetime} was added after AddGracefulDrain and stops the host at once: there is no lame duck time. Call AddGracefulDrain last")]
    private static partial void LogOtherLifetime(ILogger logger, string lifetime);
}
