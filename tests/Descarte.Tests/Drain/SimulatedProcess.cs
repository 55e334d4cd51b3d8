using Microsoft.Extensions.Time.Testing;

namespace Descarte.Tests.Drain;

/// <summary>
/// A process around the machine, with fake time: requests and other work come and go, the host stops when nothing is in flight
/// (unless it hangs), and what happened is written down.
/// </summary>
sealed class SimulatedProcess(DrainOptions options)
{
    readonly FakeTimeProvider _time = new();
    readonly DrainMachine _machine = new(options.LameDuck, options.CutAfter, options.ExitAfter);
    readonly DateTimeOffset _origin = new FakeTimeProvider().GetUtcNow();

    public DrainPhase Phase => _machine.Phase;

    public List<(DrainPhase Phase, TimeSpan At)> Phases { get; } = [(DrainPhase.Starting, TimeSpan.Zero)];

    public List<(DrainAction Action, TimeSpan At)> Actions { get; } = [];

    /// <summary>Those that came while the process lived.</summary>
    public List<(string Name, TimeSpan At)> Signals { get; } = [];

    public List<TimeSpan> StopsRequested { get; } = [];

    public int InFlight { get; private set; }

    public int Lost { get; private set; }

    public int Refused { get; private set; }

    public bool MainReturns { get; init; } = true;

    public bool HostStops { get; init; } = true;

    public TimeSpan? HostStoppedAt { get; private set; }

    public TimeSpan? SignalledAt => Signals.Count == 0 ? null : Signals[0].At;

    public int? ExitCode { get; private set; }

    public TimeSpan? ExitedAt { get; private set; }

    public TimeSpan Now => _time.GetUtcNow() - _origin;

    public void Started() => Step(() =>
    {
        _machine.Started();
        return DrainAction.None;
    });

    public void Signal(string name) => Step(() =>
    {
        Signals.Add((name, Now));
        return _machine.Signal(name, Now, InFlight > 0);
    });

    public void StopApplication() => Step(() =>
    {
        StopsRequested.Add(Now);
        return _machine.StopRequested(Now);
    });

    /// <summary>Work that no door keeps out: it begins in every phase.</summary>
    public void WorkBegins() => Step(() =>
    {
        InFlight++;
        return DrainAction.None;
    });

    public void RequestBegins() => Step(() =>
    {
        if (_machine.Phase is DrainPhase.Serving or DrainPhase.LameDuck)
        {
            InFlight++;
        }
        else
        {
            Refused++;
        }

        return DrainAction.None;
    });

    public void RequestEnds() => Step(() =>
    {
        InFlight = Math.Max(0, InFlight - 1);
        return DrainAction.None;
    });

    /// <summary>A clock that woke the loop too early.</summary>
    public void Ticks() => Step(() => _machine.Tick(Now));

    /// <summary>Lets time pass, ticking the machine whenever it asked for it.</summary>
    public void Pass(TimeSpan time)
    {
        var until = Now + time;
        var ticks = 0;
        while (ExitCode is null && _machine.NextDue is { } due && due <= until)
        {
            if (due > Now)
            {
                _time.Advance(due - Now);
            }

            Step(() => _machine.Tick(Now));
            Assert.True(++ticks < 10, $"Asked to be asked again at {due}, and again");
        }

        if (until > Now)
        {
            _time.Advance(until - Now);
        }
    }

    void Step(Func<DrainAction> happens)
    {
        if (ExitCode is not null)
        {
            return;
        }

        var action = happens();
        if (action != DrainAction.None)
        {
            Actions.Add((action, Now));
        }

        switch (action)
        {
            case DrainAction.Cut:
                Lost += InFlight;
                InFlight = 0;
                break;
            case DrainAction.ExitClean:
                Lost += InFlight;
                Exit(ExitCodes.Clean);
                break;
            case DrainAction.ExitForced:
                Lost += InFlight;
                Exit(ExitCodes.Terminated);
                break;
            default:
                break;
        }

        if (ExitCode is null && _machine.Phase == DrainPhase.Draining && InFlight == 0 && HostStops)
        {
            HostStoppedAt ??= Now;
            _machine.HostStopped();
            if (MainReturns)
            {
                Exit(Lost == 0 ? ExitCodes.Clean : ExitCodes.Terminated);
            }
        }

        if (Phases[^1].Phase != _machine.Phase)
        {
            Phases.Add((_machine.Phase, Now));
        }
    }

    void Exit(int code) => (ExitCode, ExitedAt) = (code, Now);
}
