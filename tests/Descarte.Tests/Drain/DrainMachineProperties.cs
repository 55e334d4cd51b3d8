using CsCheck;

namespace Descarte.Tests.Drain;

/// <summary>What must hold whatever happens in whichever order.</summary>
public class DrainMachineProperties
{
    static readonly Gen<Action<SimulatedProcess>> Event = Gen.Frequency<Action<SimulatedProcess>>(
        (2, Gen.Const<Action<SimulatedProcess>>(process => process.Started())),
        (3, Gen.Const<Action<SimulatedProcess>>(process => process.Signal("SIGTERM"))),
        (1, Gen.Const<Action<SimulatedProcess>>(process => process.Signal("SIGINT"))),
        (1, Gen.Const<Action<SimulatedProcess>>(process => process.StopApplication())),
        (6, Gen.Const<Action<SimulatedProcess>>(process => process.RequestBegins())),
        (1, Gen.Const<Action<SimulatedProcess>>(process => process.WorkBegins())),
        (5, Gen.Const<Action<SimulatedProcess>>(process => process.RequestEnds())),
        (2, Gen.Const<Action<SimulatedProcess>>(process => process.Ticks())),
        (2, Gen.Int[0, 300].Select<int, Action<SimulatedProcess>>(ms => process => process.Pass(TimeSpan.FromMilliseconds(ms)))),
        (4, Gen.Int[0, 4_000].Select<int, Action<SimulatedProcess>>(ms => process => process.Pass(TimeSpan.FromMilliseconds(ms)))));

    static readonly Gen<DrainOptions> Options =
        from grace in Gen.Int[200, 20_000]
        from lameDuck in Gen.Frequency((1, Gen.Const(0)), (1, Gen.Int[1, 15_000]))
        let options = new DrainOptions { GracePeriod = TimeSpan.FromMilliseconds(grace), LameDuck = TimeSpan.FromMilliseconds(lameDuck) }
        where new DrainOptionsValidator<DrainOptions>().Validate(null, options).Succeeded
        select options;

    static readonly Gen<(DrainOptions Options, SimulatedProcess Process)> Life =
        from options in Options
        from mainReturns in Gen.Bool
        from hostStops in Gen.Bool
        from events in Event.List[0, 40]
        select (options, Run(options, mainReturns, hostStops, events));

    static void Holds(Func<(DrainOptions Options, SimulatedProcess Process), bool> property) => Life.Sample(property, iter: 5_000);

    static SimulatedProcess Run(DrainOptions options, bool mainReturns, bool hostStops, List<Action<SimulatedProcess>> events)
    {
        var process = new SimulatedProcess(options) { MainReturns = mainReturns, HostStops = hostStops };
        events.ForEach(happens => happens(process));
        process.Pass(TimeSpan.FromMinutes(1));
        return process;
    }

    [Fact]
    public void No_phase_is_left_backwards() =>
        Holds(life => life.Process.Phases.Zip(life.Process.Phases.Skip(1)).All(pair => pair.First.Phase < pair.Second.Phase));

    [Fact]
    public void After_a_signal_the_process_ends_before_the_grace_period_does() =>
        Holds(life => life.Process.SignalledAt is not { } signalledAt
            || (life.Process.ExitedAt is { } exitedAt && exitedAt - signalledAt <= life.Options.ExitAfter && life.Options.ExitAfter < life.Options.GracePeriod));

    [Fact]
    public void Without_a_signal_nothing_is_forced() =>
        Holds(life => life.Process.SignalledAt is not null || life.Process.Actions.All(entry => entry.Action is DrainAction.Drain or DrainAction.Cut));

    [Fact]
    public void The_exit_code_is_0_only_when_nothing_was_lost() =>
        Holds(life => life.Process.ExitCode != 0 || life.Process.Lost == 0);

    [Fact]
    public void What_still_runs_when_the_cut_is_due_is_cut_then_and_not_before() =>
        Holds(life =>
        {
            if (StoppingAt(life.Process) is not { } stoppingAt)
            {
                return life.Process.Actions.All(entry => entry.Action == DrainAction.ExitClean);
            }

            var due = stoppingAt + life.Options.CutAfter;
            var isDrainingThen = life.Process.Phases.Last(entry => entry.At < due).Phase == DrainPhase.Draining
                && !(life.Process.ExitedAt < due) && !StoppedAt(life.Process, due);
            var cuts = life.Process.Actions.Where(entry => entry.Action == DrainAction.Cut).Select(entry => entry.At).ToList();
            return cuts.All(at => at == due) && (cuts.Count > 0 || !isDrainingThen);
        });

    [Fact]
    public void An_end_is_forced_by_the_deadline_or_by_a_second_signal() =>
        Holds(life => life.Process.Actions.Where(entry => entry.Action == DrainAction.ExitForced).All(forced =>
            forced.At == life.Process.SignalledAt + life.Options.ExitAfter || SecondSignal(life.Process) == forced.At));

    [Fact]
    public void A_second_signal_ends_the_process_when_it_comes() =>
        Holds(life => SecondSignal(life.Process) is not { } second || life.Process.ExitedAt == second);

    [Fact]
    public void Every_action_is_taken_once() =>
        Holds(life => life.Process.Actions.GroupBy(entry => entry.Action).All(group => group.Count() == 1));

    [Fact]
    public void Lame_duck_is_there_when_asked_for_and_lasts_as_long_unless_something_ends_it() =>
        Holds(life =>
        {
            var phases = life.Process.Phases;
            var lame = phases.FindIndex(entry => entry.Phase == DrainPhase.LameDuck);
            if (lame < 0)
            {
                // Only a signal while it serves asks for it.
                var end = phases.FindIndex(entry => entry.Phase > DrainPhase.LameDuck);
                return end <= 0 || phases[end - 1].Phase != DrainPhase.Serving || life.Options.LameDuck == TimeSpan.Zero || life.Process.StopsRequested.Contains(phases[end].At);
            }

            // A second signal may have ended the process in it.
            var left = lame + 1 < phases.Count ? phases[lame + 1].At : life.Process.ExitedAt;
            return left == phases[lame].At + life.Options.LameDuck
                || life.Process.StopsRequested.Contains(left!.Value)
                || SecondSignal(life.Process) == left;
        });

    [Fact]
    public void An_application_that_stops_itself_drains_at_once() =>
        Holds(life => life.Process.StopsRequested.All(at => life.Process.Phases.Last(entry => entry.At <= at).Phase >= DrainPhase.Draining));

    [Fact]
    public void When_the_host_has_stopped_so_has_the_drain() =>
        Holds(life => life.Process.HostStoppedAt is not { } at
            || (life.Process.Phases[^1] == (DrainPhase.Stopped, at) && life.Process.Actions.All(entry => entry.Action != DrainAction.Cut || entry.At <= at)));

    [Fact]
    public void Work_begun_before_the_door_closed_is_lost_only_to_a_deadline_or_a_second_signal() =>
        Holds(life => life.Process.Lost == 0
            || life.Process.Actions.Any(entry => entry.Action is DrainAction.Cut or DrainAction.ExitForced));

    /// <summary>When it was told to stop by whatever it was; null for one that lives, or was told before it served.</summary>
    static TimeSpan? StoppingAt(SimulatedProcess process) =>
        process.Phases.Find(entry => entry.Phase is DrainPhase.LameDuck or DrainPhase.Draining) is { Phase: > DrainPhase.Starting } stopping ? stopping.At
        : process.Actions.Find(entry => entry.Action == DrainAction.Drain) is { Action: DrainAction.Drain } drain ? drain.At
        : null;

    static bool StoppedAt(SimulatedProcess process, TimeSpan due) =>
        process.Phases.Exists(entry => entry.Phase == DrainPhase.Stopped && entry.At <= due);

    /// <summary>The first signal that is not the first one delivered twice; null where none came.</summary>
    static TimeSpan? SecondSignal(SimulatedProcess process)
    {
        foreach (var (name, at) in process.Signals.Skip(1))
        {
            if (name != process.Signals[0].Name || at - process.Signals[0].At >= DrainMachine.DuplicateWindow)
            {
                return at;
            }
        }

        return null;
    }
}
