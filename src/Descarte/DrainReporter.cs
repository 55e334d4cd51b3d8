using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Descarte;

/// <summary>Gathers what a drain did and tells it: one log line, the callback, the metrics.</summary>
sealed partial class DrainReporter(
    IOptions<DrainOptions> options,
    IEnumerable<IDrainParticipant> participants,
    CutList cut,
    HostedServices services,
    DrainMetrics metrics,
    DrainClock clock,
    ILoggerFactory loggers)
{
    readonly ILogger _logger = loggers.CreateLogger("Descarte.Drain");
    readonly IDrainParticipant[] _participants = [.. participants];
    TimeSpan _stoppingSince;
    TimeSpan? _drainingAt;
    TimeSpan? _drainedAt;
    int _inFlight;
    bool _named;
    int _published;

    public bool NothingCut => cut.IsEmpty;

    /// <summary>The host has a lifetime that was added after ours: on a signal both are heard, and that one stops the host at once.</summary>
    public void OtherLifetime(string name)
    {
        if (options.Value.LameDuck > TimeSpan.Zero)
        {
            LogOtherLifetime(_logger, name);
        }
    }

    /// <returns>What tells people of it. It may take its time: a log sink is code of others.</returns>
    public Action Stopping(string reason, TimeSpan since)
    {
        _stoppingSince = since;
        _inFlight = _participants.Sum(participant => participant.InFlight);
        return () => LogStopping(_logger, reason, _inFlight, options.Value.GracePeriod, options.Value.LameDuck);
    }

    public void Draining() => _drainingAt = clock.Now;

    public void Drained() => _drainedAt = clock.Now;

    /// <summary>Names what is in flight as cut; what was named once is not named again.</summary>
    public void Cutting()
    {
        if (_named)
        {
            return;
        }

        var inFlight = new List<CutWork>();
        foreach (var participant in _participants)
        {
            participant.Describe(inFlight);
        }

        _named = inFlight.Count > 0;
        cut.Add([.. inFlight]);
    }

    /// <summary>Names the hosted services that still run although the host has stopped, or does not stop.</summary>
    public void CuttingServices()
    {
        var age = clock.Now - _stoppingSince;
        cut.Add([.. services.StillRunning.Select(name => new CutWork(name, age))]);
    }

    /// <summary>Names what keeps the host from stopping, unless it is known already.</summary>
    public void CuttingHost()
    {
        if (NothingCut)
        {
            CuttingServices();
        }

        if (NothingCut)
        {
            cut.Add(new CutWork("the stop of the host", clock.Now - _stoppingSince));
        }
    }

    public DrainReport Report(string reason, int exitCode)
    {
        var now = clock.Now;
        return new DrainReport
        {
            Reason = reason,
            InFlight = _inFlight,
            Finished = _participants.Sum(participant => participant.Finished),
            Cut = cut.OldestFirst,
            DrainingAt = (_drainingAt ?? now) - _stoppingSince,
            DoorClosedAt = _participants.Max(participant => participant.DoorClosedAt) - _stoppingSince,
            DrainedAt = (_drainedAt ?? now) - _stoppingSince,
            StoppedAt = now - _stoppingSince,
            ExitCode = exitCode,
        };
    }

    /// <summary>Tells of a failure inside the stop, as far as that is possible.</summary>
    public void Failed(Exception exception) => Failing(() => LogStepFailed(_logger, exception));

    /// <summary>Tells everybody, once. After that a forced end is only a line in the log.</summary>
    public void Publish(DrainReport report)
    {
        if (Interlocked.Exchange(ref _published, 1) != 0)
        {
            Failing(() => LogLate(_logger, report.Reason, report.StoppedAt.TotalMilliseconds, report.ExitCode));
            return;
        }

        // Code of others: a log sink, whoever listens to the meter, and the callback.
        Try(() => LogReport(
            _logger,
            report.ExitCode == ExitCodes.Clean && report.Cut.Count == 0 ? LogLevel.Information : LogLevel.Warning,
            report.Reason,
            report.StoppedAt.TotalMilliseconds,
            report.InFlight,
            report.Finished,
            report.Cut.Count,
            report.Cut.Count == 0 ? "" : ": " + string.Join(", ", report.Cut),
            report.DrainingAt.TotalMilliseconds,
            report.DoorClosedAt?.TotalMilliseconds,
            report.DrainedAt.TotalMilliseconds,
            report.ExitCode));
        Try(() => metrics.Record(report));
        Try(() => options.Value.OnDrained?.Invoke(report));
    }

    static void Failing(Action log)
    {
        try
        {
            log();
        }
        catch (Exception)
        {
            // The log is what failed.
        }
    }

    void Try(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception e)
        {
            Failing(() => LogCallbackFailed(_logger, e));
        }
    }
}
