using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using static Descarte.Tests.Prove.Recordings;

namespace Descarte.Tests.Prove;

/// <summary>The same evidence, and two ways to want it.</summary>
public class ProfileTests
{
    [Fact]
    public void A_subject_that_refuses_at_once_is_strict_and_no_lame_duck()
    {
        Assert.Equal((Verdict.Pass, Verdict.NotApplicable), Door(Asked(Good(), failsAfter: 5 * Ms), Profile.Strict));
        Assert.Equal((Verdict.NotApplicable, Verdict.Fail), Door(Asked(Good(), failsAfter: 5 * Ms), Profile.LameDuck));
    }

    [Fact]
    public void A_lame_duck_is_one_and_is_not_strict()
    {
        var duck = Asked(Duck(3 * Second), failsAfter: 5 * Ms);
        Assert.Equal((Verdict.Fail, Verdict.NotApplicable), Door(duck, Profile.Strict));
        var judgement = Judge.Of(duck, Profile.LameDuck);
        Assert.Equal([], judgement.Failed.Select(result => $"{result.Clause.Id}: {result.Finding.Observed}"));
        Assert.Equal((Verdict.NotApplicable, Verdict.Pass), Door(duck, Profile.LameDuck));
    }

    [Fact]
    public void A_lame_duck_whose_readiness_holds_on_fails() =>
        Assert.Equal((Verdict.NotApplicable, Verdict.Fail), Door(Asked(Duck(3 * Second), failsAfter: 2 * Second), Profile.LameDuck));

    [Fact]
    public void A_lame_duck_that_no_longer_serves_fails() =>
        Assert.Equal((Verdict.NotApplicable, Verdict.Fail), Door(Asked(Duck(3 * Second), failsAfter: 5 * Ms).With(
            Experiment.LoadNew, trial => trial.Plus(LetIn(trial.Signal().Before + Second) with { Outcome = Outcome.Reset, Status = null })), Profile.LameDuck));

    [Theory]
    [InlineData(Experiment.SilentConnections, 0, "5.3")]
    [InlineData(Experiment.EventStreams, 0, "6.1")]
    [InlineData(Experiment.WebSockets, 1, "6.3")]
    public void A_lame_duck_that_is_held_is_found_whether_its_door_is_open_meanwhile_or_not(Experiment experiment, int round, string clause)
    {
        var duck = Asked(Duck(3 * Second, serves: 3_060 * Ms), failsAfter: 5 * Ms);
        var free = Judge.Of(duck, Profile.LameDuck);
        Assert.Equal([], free.Failed.Select(result => $"{result.Clause.Id}: {result.Finding.Observed}"));
        Assert.Contains("served until it exited, 3060 ms", free.Results.Single(result => result.Clause.Id == "2.1").Finding.Observed, StringComparison.Ordinal);

        // Until the exit, as before; until a moment before it; and no longer than usual.
        Assert.Contains(clause, Failed(doorHeldFor: 4 * Second));
        Assert.Contains(clause, Failed(doorHeldFor: (4 * Second) - (30 * Ms)));
        Assert.Contains(clause, Failed(doorHeldFor: -30 * Ms));

        IEnumerable<string> Failed(long doorHeldFor) => Judge.Of(
            duck.With(experiment, trial => trial.Round != round ? trial : Held(trial, 4 * Second, doorHeldFor)),
            Profile.LameDuck).Failed.Select(result => result.Clause.Id);
    }

    [Theory]
    [InlineData(0, 2_500, Verdict.Pass)]
    [InlineData(4_000, 500, Verdict.Fail)]
    [InlineData(4_000, 3_500, Verdict.Inconclusive)]
    public void Pauses_within_a_lame_ducks_service_can_have_made_its_end_late_but_not_early(long laterMs, long pausedMs, Verdict verdict)
    {
        var duck = Asked(Duck(3 * Second, serves: 3_060 * Ms), failsAfter: 5 * Ms)
            .With(Experiment.SilentConnections, trial => Held(trial, laterMs * Ms, laterMs * Ms));
        var begun = duck.Trials.Where(trial => trial.Experiment == Experiment.SilentConnections).Select(trial => trial.Signal().Before);
        var judgement = Judge.Of(duck with { Pauses = [.. begun.Select(at => new Pause(at, at + (pausedMs * Ms)))] }, Profile.LameDuck);
        Assert.Equal(verdict, judgement.Results.Single(result => result.Clause.Id == "5.3").Verdict);
    }

    [Fact]
    public void Without_its_hint_a_clause_is_not_applicable_and_says_which_would_open_it()
    {
        var bare = Good() with { Settings = new Settings() };
        var closed = Judge.Of(bare).Results.Where(result => result.Verdict == Verdict.NotApplicable && result.Clause.Needs is not null && result.Clause.Profile is null).ToList();
        Assert.Equal(["2.6", "4.1", "4.2", "4.3", "5.6", "6.1", "6.2", "6.3", "9.1", "9.2", "9.3", "10.1", "10.2", "11.2", "12.1"], closed.Select(result => result.Clause.Id));
        Assert.All(closed, result => Assert.Contains($"needs {result.Clause.Needs}", result.Finding.Observed, StringComparison.Ordinal));
    }

    [Fact]
    public void A_subject_that_never_became_ready_has_exit_code_4()
    {
        var dead = new Recording
        {
            Schema = 1, Subject = "false", Settings = AllHints, Trials = [new Trial { Experiment = Experiment.Calibration, StartFailure = "it ended with exit code 1 before it answered" }],
        };
        Assert.Equal((4, "Never ready: it ended with exit code 1 before it answered"), (Judge.Of(dead).ExitCode(false), Judge.Of(dead).Sentence()));
    }

    static (Verdict Strict, Verdict LameDuck) Door(Recording recording, Profile profile)
    {
        var results = Judge.Of(recording, profile).Results.ToDictionary(result => result.Clause.Id, result => result.Verdict);
        return (results["3.1"], results["3.2"]);
    }

    /// <summary>Lets everybody in for this long after the signal, and ends 60 ms later than the first time.</summary>
    static Recording Duck(long window, long? serves = null)
    {
        var shut = serves ?? window;
        var duck = Good();
        return duck with
        {
            Trials =
            [
                .. duck.Trials.Select(trial => trial.Experiment is Experiment.EarlySignal or Experiment.Kill || trial.Signals.Count == 0 ? trial : trial with
                {
                    ExitedAt = trial.ExitedAt + window,
                    Sightings =
                    [
                        .. trial.Sightings.Where(seen => seen.Role != Role.Door),
                        .. Enumerable.Range(1, 10).Select(knock => LetIn(trial.Signal().Before + (knock * shut / 11))),
                        Refused(trial.Signal().Before + shut),
                        Refused(trial.Signal().Before + shut + (20 * Ms)),
                    ],
                }),
            ],
        };
    }

    /// <summary>Readiness asked every 100 ms.</summary>
    static Recording Asked(Recording recording, long failsAfter)
    {
        return recording.With(Experiment.LoadNew, Ask).With(Experiment.LoadKept, Ask);

        Trial Ask(Trial trial) => trial with
        {
            Sightings =
            [
                .. trial.Sightings,
                .. Enumerable.Range(0, 25).Select(question => LetIn(trial.Signal().After + (question * 100 * Ms) + (10 * Ms)) with
                {
                    Role = Role.Ready,
                    Status = question * 100 * Ms < failsAfter - (10 * Ms) ? 200 : 503,
                }),
            ],
        };
    }

    static Trial Held(Trial trial, long time, long doorTime) => trial with
    {
        ExitedAt = trial.ExitedAt + time,
        Sightings = [.. trial.Sightings.Select(seen => seen is { Role: Role.Door, Outcome: Outcome.Refused } ? seen with { StartedAt = seen.StartedAt + doorTime, EndedAt = seen.EndedAt + doorTime } : seen)],
    };
}
