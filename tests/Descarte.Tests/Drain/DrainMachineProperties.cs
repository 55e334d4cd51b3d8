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
        (4, Gen.Const<Action<SimulatedProcess>>(process => process.RequestEnds())),
        (6, Gen.Int[0, 4_000].Select<int, Action<SimulatedProcess>>(ms => process => process.Pass(TimeSpan.FromMilliseconds(ms)))));

    static readonly Gen<DrainOptions> Options =
        from grace in Gen.Int[200, 20_000]
        from lameDuck in Gen.Frequency((1, Gen.Const(0)), (1, Gen.Int[1, 15_000]))
        let options = new DrainOptions { GracePeriod = TimeSpan.FromMilliseconds(grace), LameDuck = TimeSpan.FromMilliseconds(lameDuck) }
        where new DrainOptionsValidator<DrainOptions>().Validate(null, options).Succeeded
        select options;

    static readonly Gen<(DrainOptions Options, SimulatedProcess Process)> Life =
        from options in Options
        from mainReturns in Gen.Bool
        from events in Event.List[0, 40]
        select (options, Run(options, mainReturns, events));

    static SimulatedProcess Run(DrainOptions options, bool mainReturns, List<Action<SimulatedProcess>> events)
    {
        var process = new SimulatedProcess(options) { MainReturns = mainReturns };
        events.ForEach(happens => happens(process));
        process.Pass(TimeSpan.FromMinutes(1));
        return process;
    }

    [Fact]
    public void No_phase_is_left_backwards() =>
        Life.Sample(life => life.Process.Phases.Zip(life.Process.Phases.Skip(1)).All(pair => pair.First.Phase < pair.Second.Phase));

    [Fact]
    public void After_a_signal_the_process_ends_before_the_grace_period_does() =>
        Life.Sample(life => life.Process.SignalledAt is not { } signalledAt
            || (life.Process.ExitedAt is { } exitedAt && exitedAt - signalledAt <= life.Options.ExitAfter && life.Options.ExitAfter < life.Options.GracePeriod));

    [Fact]
    public void Without_a_signal_nothing_is_forced() =>
        Life.Sample(life => life.Process.SignalledAt is not null || life.Process.Actions.All(entry => entry.Action is DrainAction.Drain or DrainAction.Cut));

    [Fact]
    public void The_exit_code_is_0_only_when_nothing_was_lost() =>
        Life.Sample(life => life.Process.ExitCode != 0 || life.Process.Lost == 0);

    [Fact]
    public void Nothing_is_cut_before_the_cut_is_due_unless_the_end_is_forced() =>
        Life.Sample(life =>
        {
            var stoppingAt = life.Process.Phases.FirstOrDefault(entry => entry.Phase >= DrainPhase.LameDuck).At;
            return life.Process.Actions.Where(entry => entry.Action == DrainAction.Cut).All(cut => cut.At - stoppingAt == life.Options.CutAfter);
        });

    [Fact]
    public void Every_action_is_taken_once() =>
        Life.Sample(life => life.Process.Actions.GroupBy(entry => entry.Action).All(group => group.Count() == 1));

    [Fact]
    public void Lame_duck_lasts_as_long_as_asked_unless_something_ends_it() =>
        Life.Sample(life =>
        {
            var (phase, at) = life.Process.Phases.FirstOrDefault(entry => entry.Phase == DrainPhase.LameDuck);
            var next = life.Process.Phases.FirstOrDefault(entry => entry.Phase > DrainPhase.LameDuck);
            return phase != DrainPhase.LameDuck || next.Phase == default || next.At - at <= life.Options.LameDuck;
        });

    [Fact]
    public void Work_begun_before_the_door_closed_is_lost_only_to_a_deadline_or_a_second_signal() =>
        Life.Sample(life => life.Process.Lost == 0
            || life.Process.Actions.Any(entry => entry.Action is DrainAction.Cut or DrainAction.ExitForced));
}
