namespace Descarte;

/// <summary>
/// The states of a drain, without threads, clocks or processes: events go in with the time at which they happened,
/// actions come out, and <see cref="NextDue"/> says when to ask again.
/// <code>
/// Starting --started--> Serving --signal--> LameDuck --time--> Draining --host stopped--> Stopped
///    |  signal: exit 0;           \--signal, no lame duck--/      |  cut deadline: Cut
///    |  Draining, if clients       \--StopApplication----/        |  exit deadline, second signal: Exit 143
///    |  can have come already
/// </code>
/// </summary>
sealed class DrainMachine(TimeSpan lameDuck, TimeSpan cutAfter, TimeSpan exitAfter)
{
    /// <summary>
    /// The same signal twice within this time is one stop delivered twice: a terminal and a supervisor signal the
    /// whole process group, and a parent in it forwards what it got. A person's second Ctrl+C comes later.
    /// </summary>
    public static readonly TimeSpan DuplicateWindow = TimeSpan.FromMilliseconds(250);

    string? _signal;
    TimeSpan _signalAt;
    TimeSpan _stopAt;
    bool _cut;
    bool _exited;

    public DrainPhase Phase { get; private set; } = DrainPhase.Starting;

    /// <summary>The signal or call that began the stop; null while none has.</summary>
    public string? Reason { get; private set; }

    /// <summary>When the process was told to stop; deadlines count from here.</summary>
    public TimeSpan StoppingSince => _stopAt;

    /// <summary>When the machine wants a <see cref="Tick"/>; null when only events matter.</summary>
    public TimeSpan? NextDue => (_exited, Phase) switch
    {
        (true, _) or (_, DrainPhase.Starting or DrainPhase.Serving) => null,
        (_, DrainPhase.LameDuck) => _stopAt + lameDuck,
        _ when !_cut && Phase == DrainPhase.Draining => _stopAt + cutAfter,
        _ => ExitAt,
    };

    /// <summary>Only a signal hands the machine the life of the process; who calls StopApplication may have other plans for it.</summary>
    TimeSpan? ExitAt => _signal is null ? null : _signalAt + exitAfter;

    public void Started()
    {
        if (Phase == DrainPhase.Starting)
        {
            Phase = DrainPhase.Serving;
        }
    }

    /// <param name="name">The signal's.</param>
    /// <param name="now">When it came.</param>
    /// <param name="hasBegun">Whether there can be work in flight already, although the host has not started.</param>
    public DrainAction Signal(string name, TimeSpan now, bool hasBegun)
    {
        if (_exited)
        {
            return DrainAction.None;
        }

        if (_signal is null)
        {
            (_signal, _signalAt) = (name, now);
            switch (Phase)
            {
                case DrainPhase.Starting when !hasBegun:
                    Begin(name, now);
                    Phase = DrainPhase.Stopped;
                    _exited = true;
                    return DrainAction.ExitClean;
                case DrainPhase.Serving when lameDuck > TimeSpan.Zero:
                    Begin(name, now);
                    Phase = DrainPhase.LameDuck;
                    return DrainAction.LameDuck;
                case DrainPhase.Starting or DrainPhase.Serving:
                    Begin(name, now);
                    Phase = DrainPhase.Draining;
                    return DrainAction.Drain;
                default:
                    return DrainAction.None;
            }
        }

        return name == _signal && now - _signalAt < DuplicateWindow ? DrainAction.None : Exit();
    }

    public DrainAction StopRequested(TimeSpan now)
    {
        switch (Phase)
        {
            case DrainPhase.Starting or DrainPhase.Serving:
                Begin("StopApplication", now);
                Phase = DrainPhase.Draining;
                return DrainAction.Drain;
            case DrainPhase.LameDuck:
                Phase = DrainPhase.Draining;
                return DrainAction.Drain;
            default:
                return DrainAction.None;
        }
    }

    public void HostStopped()
    {
        Reason ??= "StopApplication";
        Phase = DrainPhase.Stopped;
    }

    public DrainAction Tick(TimeSpan now)
    {
        if (_exited || Reason is null)
        {
            return DrainAction.None;
        }

        if (now >= ExitAt)
        {
            return Exit();
        }

        if (Phase == DrainPhase.Draining && !_cut && now >= _stopAt + cutAfter)
        {
            _cut = true;
            return DrainAction.Cut;
        }

        if (Phase == DrainPhase.LameDuck && now >= _stopAt + lameDuck)
        {
            Phase = DrainPhase.Draining;
            return DrainAction.Drain;
        }

        return DrainAction.None;
    }

    void Begin(string reason, TimeSpan now) => (Reason, _stopAt) = (reason, now);

    DrainAction Exit()
    {
        _exited = true;
        return DrainAction.ExitForced;
    }
}

/// <summary>What the loop has to do about an event.</summary>
enum DrainAction
{
    None,

    /// <summary>Readiness fails; go on accepting.</summary>
    LameDuck,

    /// <summary>Refuse new work, finish what is in flight, stop the host.</summary>
    Drain,

    /// <summary>Abort what is still in flight.</summary>
    Cut,

    /// <summary>End the process now: it had not begun to serve.</summary>
    ExitClean,

    /// <summary>End the process now, whatever hangs.</summary>
    ExitForced,
}
