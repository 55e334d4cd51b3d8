using CsCheck;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Tests.Prove;

/// <summary>What must hold of verdicts whatever was seen.</summary>
public class JudgeProperties
{
    static readonly Recording Good = Recordings.Good();

    /// <summary>Something that happened to a trial.</summary>
    static readonly Gen<Func<Trial, Trial>> Mishap = Gen.OneOf<Func<Trial, Trial>>(
        Gen.Select(Gen.Enum<Outcome>(), Gen.Int[0, 5_000]).Select<(Outcome, int), Func<Trial, Trial>>(pair => trial => trial with
        {
            Sightings = [.. trial.Sightings.Select(seen => seen with { Outcome = pair.Item1, EndedAt = seen.EndedAt + (pair.Item2 * Recordings.Ms) })],
        }),
        Gen.Const<Func<Trial, Trial>>(trial => trial with { Sightings = [] }),
        Gen.Const<Func<Trial, Trial>>(trial => trial with { ReadyAt = null, StartFailure = "nothing listened" }),
        Gen.Const<Func<Trial, Trial>>(trial => trial with { ExitedAt = null, ExitCode = null, KilledAt = trial.SpawnedAt + (12 * Recordings.Second) }),
        Gen.Const<Func<Trial, Trial>>(trial => trial with { Signals = [], ExitedAt = null, ExitCode = null }),
        Gen.Int[0, 255].Select<int, Func<Trial, Trial>>(code => trial => trial with { ExitCode = trial.ExitedAt is null ? null : code }),
        Gen.Const<Func<Trial, Trial>>(trial => trial with { LeftLater = null, LeftAtExit = [new ProcessSeen { Id = 1, Command = "x" }] }));

    static readonly Gen<Recording> Any =
        from mishaps in Gen.Select(Gen.Int[0, Good.Trials.Count - 1], Mishap).List[0, 8]
        from kept in Gen.Int[0, Good.Trials.Count]
        from pauses in Gen.Select(Gen.Long[0, 4_000_000_000], Gen.Long[0, 5_000_000], (at, time) => new Pause(at, at + time)).List[0, 5]
        from hints in Gen.Bool
        select Good with
        {
            Settings = hints ? Recordings.AllHints : new Settings(),
            Pauses = HiccupMeterJoined(pauses),
            Trials = [.. Good.Trials.Take(kept).Select(trial => mishaps.Where(mishap => mishap.Item1 == trial.Number).Aggregate(trial, (changed, mishap) => mishap.Item2(changed)))],
        };

    [Fact]
    public void Every_recording_gets_a_verdict_for_every_clause() => Any.Sample(
        recording => Judge.Of(recording).Results.All(result => result.Finding.Observed.Length > 0) && Judge.Of(recording, Profile.LameDuck).Sentence().Length > 0, iter: 2_000);

    [Fact]
    public void A_machine_that_pauses_makes_no_pass_of_a_failure() => Any.Sample(recording =>
    {
        var calm = Judge.Of(recording with { Pauses = [] });
        var busy = Judge.Of(recording);
        return calm.Results.Zip(busy.Results).All(pair => pair.First.Verdict != Verdict.Fail || pair.Second.Verdict is Verdict.Fail or Verdict.Inconclusive);
    }, iter: 2_000);

    [Fact]
    public void One_request_more_that_was_lost_in_flight_makes_no_verdict_better() => Any.Sample(recording =>
    {
        var worse = recording.With(Experiment.Slow, trial => trial.Signals.Count == 0 ? trial : trial.Plus(new Sighting
        {
            Role = Role.Slow, Taken = true, Outcome = Outcome.Reset, StartedAt = trial.Signal().Before - 100, ConnectedAt = trial.Signal().Before - 100,
            WrittenAt = trial.Signal().Before - 100, EndedAt = trial.Signal().After + 100,
        }));

        // 2.5 asks for what only the second signal cost: there a loss with one signal excuses.
        return Judge.Of(recording).Failed.Where(failed => failed.Clause.Id != "2.5").All(failed => Judge.Of(worse).Failed.Any(still => still.Clause == failed.Clause));
    }, iter: 500);

    static IReadOnlyList<Pause> HiccupMeterJoined(IEnumerable<Pause> pauses) => Conformance.Machine.HiccupMeter.Joined(pauses);
}
