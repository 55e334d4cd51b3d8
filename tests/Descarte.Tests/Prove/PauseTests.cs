using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using Descarte.Conformance.Machine;
using static Descarte.Tests.Prove.Recordings;

namespace Descarte.Tests.Prove;

/// <summary>Where the machine paused for longer than the margin, a time decides nothing.</summary>
public class PauseTests
{
    /// <summary>The machine paused for most of the time, and yet it went on serving: it could have stopped.</summary>
    [Theory]
    [InlineData(4, Verdict.Inconclusive)]
    [InlineData(9, Verdict.Fail)]
    public void Who_serves_to_the_end_could_have_stopped(long answeredAfterSeconds, Verdict verdict)
    {
        var good = Good();
        var signals = good.Trials.Where(trial => trial.Experiment == Experiment.Idle).Select(trial => trial.Signal().Before);
        var judged = Judge.Of(good.With(Experiment.Idle, trial => trial.Plus(LetIn(trial.Signal().Before + (answeredAfterSeconds * Second))) with
        {
            ExitedAt = null, ExitCode = null, KilledAt = trial.Signal().Before + (10 * Second),
        }) with { Pauses = [.. signals.Select(at => new Pause(at, at + (8 * Second)))] });
        Assert.Equal(verdict, judged.Results.Single(result => result.Clause.Id == "2.1").Verdict);
    }

    [Theory]
    [InlineData(3_000, 0, Verdict.Fail)]
    [InlineData(3_000, 900, Verdict.Fail)]
    [InlineData(3_000, 1_100, Verdict.Inconclusive)]
    [InlineData(1_500, 400, Verdict.Pass)]
    [InlineData(1_500, 600, Verdict.Inconclusive)]
    public void A_stop_is_judged_by_the_distance_from_the_limit(long stopMs, long pausedMs, Verdict verdict)
    {
        var good = Good().With(Experiment.Idle, trial => trial with { ExitedAt = trial.Signal().Before + (stopMs * Ms) });
        var pauses = good.Trials.Where(trial => trial.Experiment == Experiment.Idle).Select(trial => new Pause(trial.Signal().Before + Ms, trial.Signal().Before + ((pausedMs + 1) * Ms)));
        Assert.Equal(verdict, VerdictOf(good with { Pauses = [.. pauses] }, "2.1"));
    }

    [Theory]
    [InlineData(2_400, 0, 2_000, Verdict.Pass)]
    [InlineData(2_400, 2_100, 300, Verdict.Pass)]
    [InlineData(2_900, 2_000, 500, Verdict.Inconclusive)]
    [InlineData(3_500, 0, 400, Verdict.Fail)]
    [InlineData(3_500, 0, 600, Verdict.Inconclusive)]
    [InlineData(3_500, 2_500, 600, Verdict.Inconclusive)]
    public void Pauses_within_the_watchdogs_time_can_have_made_a_replacement_late_but_not_early(long backMs, long pausedFromMs, long pausedMs, Verdict verdict)
    {
        var good = Good().With(Experiment.WorkerHung, trial => trial with { Worker = trial.Worker! with { BackAt = trial.Worker.Signal.After + (backMs * Ms) } });
        var from = good.Trials.Single(trial => trial.Experiment == Experiment.WorkerHung).Worker!.Signal.After + (pausedFromMs * Ms);
        Assert.Equal(verdict, VerdictOf(good with { Pauses = [new Pause(from, from + (pausedMs * Ms))] }, "11.2"));
    }

    [Fact]
    public void A_pause_at_another_time_changes_nothing()
    {
        var good = Good();
        var pauses = good.Trials.Select(trial => new Pause(trial.SpawnedAt + (40 * Second), trial.SpawnedAt + (90 * Second))).ToList();
        Assert.Equal(0, Judge.Of(good with { Pauses = pauses }).ExitCode(strict: true));
    }

    [Fact]
    public void What_is_lost_is_lost_however_busy_the_machine_was()
    {
        var bad = Good().With(Experiment.Slow, trial => trial.With(Role.Slow, seen => seen with { Outcome = Conformance.Client.Outcome.Reset }));
        Assert.Equal(Verdict.Fail, VerdictOf(bad with { Pauses = [new Pause(0, long.MaxValue / 2)] }, "4.1"));
    }

    [Fact]
    public void One_round_that_fails_is_enough_and_is_shown_as_one()
    {
        var bad = Good().With(Experiment.Idle, trial => trial.Round == 3 ? trial with { ExitedAt = trial.Signal().Before + (5 * Second) } : trial);
        var finding = Judge.Of(bad).Results.Single(result => result.Clause.Id == "2.1").Finding;
        Assert.Equal((Verdict.Fail, "exited after 5000 ms (in 1 of 5 rounds)", 1), (finding.Verdict, finding.Observed, finding.Trials.Count));
    }

    [Fact]
    public void When_most_rounds_decide_nothing_the_others_are_no_pass()
    {
        var idle = Good().Trials.Where(trial => trial.Experiment == Experiment.Idle).ToList();
        Recording Paused(int rounds) => Good().With(Experiment.Idle, trial => trial with { ExitedAt = trial.Signal().Before + (1_900 * Ms) }) with
        {
            Pauses = [.. idle.Take(rounds).Select(trial => new Pause(trial.Signal().Before, trial.Signal().Before + (1_000 * Ms)))],
        };
        Assert.Equal(Verdict.Pass, VerdictOf(Paused(rounds: 0), "2.1"));
        Assert.Equal(Verdict.Pass, VerdictOf(Paused(rounds: 2), "2.1"));
        Assert.Equal(Verdict.Inconclusive, VerdictOf(Paused(rounds: 3), "2.1"));
    }

    [Fact]
    public void Pauses_that_overlap_are_one()
    {
        Assert.Equal([new Pause(1, 9), new Pause(10, 11)], HiccupMeter.Joined([new(10, 11), new(1, 5), new(2, 3), new(4, 9)]));
        Assert.Equal(3, HiccupMeter.Within([new(1, 5), new(7, 20)], 3, 8));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_item_that_has_to_wait_for_a_thread_is_a_pause()
    {
        var queued = new TaskCompletionSource<Action>(TaskCreationOptions.RunContinuationsAsynchronously);
        var clock = new Clock();
        using var meter = new HiccupMeter(clock, item => queued.TrySetResult(item));
        var run = await queued.Task;
        var from = clock.Now;
        while (clock.Now < from + (100 * Ms))
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        var to = clock.Now;
        run();
        Assert.Equal(to - from, HiccupMeter.Within(meter.Pauses, from, to));
    }

    static Verdict VerdictOf(Recording recording, string id) => Judge.Of(recording).Results.Single(result => result.Clause.Id == id).Verdict;
}
