using CsCheck;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Tests.Prove;

/// <summary>A counter that is simulated: what a right one does is never held against it, and what a wrong one does always is.</summary>
public class CountingProperties
{
    /// <summary>What becomes of a request.</summary>
    sealed record Ask(int Takes, int Counts, bool Answered, bool Counted);

    static readonly Gen<Ask> AskGen =
        from takes in Gen.Int[1, 50]
        from counts in Gen.Int[0, takes]
        from answered in Gen.Frequency((4, Gen.Const(true)), (1, Gen.Const(false)))
        from counted in Gen.Bool
        select new Ask(takes, counts, answered, answered || counted);

    static readonly Gen<List<List<(int At, Ask Ask)>>> Lives =
        Gen.Select(Gen.Int[0, 100], AskGen).List[0, 12].List[2, 6];

    [Fact]
    public void A_right_counter_passes() => Lives.Sample(lives =>
    {
        var recording = Run(lives);
        return recording.Trials.All(trial => Counting.Contradiction(trial) is null)
            && Counting.Windows(recording).All(window => window.Acknowledged <= window.Counted && window.Counted <= window.Attempted);
    });

    [Fact]
    public void A_counter_that_forgets_one_acknowledged_write_fails() => Lives.Sample(lives =>
    {
        var recording = Run(lives);
        var first = recording.Trials[0];
        var forgotten = first.Sightings.Max(seen => seen.Number)!.Value;

        // Only where all that was counted was also acknowledged: else the one that is missing could be one of the others.
        var exact = first.Sightings.All(seen => seen.Number is not null);
        var after = recording with
        {
            Trials = [first, .. recording.Trials.Skip(1).Select(trial => trial with { Sightings = [.. trial.Sightings.Select(seen => seen with { Number = seen.Number - 1 })] })],
        };
        var window = Counting.Windows(after).First();
        return !exact || window.Counted < window.Acknowledged || forgotten == first.Sightings.Min(seen => seen.Number);
    });

    [Fact]
    public void A_number_given_twice_is_found() => Lives.Sample(lives =>
    {
        var trial = Run(lives).Trials[0];
        var numbered = trial.Sightings.Where(seen => seen.Number is not null).ToList();
        return numbered.Count < 2 || Counting.Contradiction(trial with { Sightings = [.. numbered, numbered[0] with { Number = numbered[^1].Number }] }) is not null;
    });

    /// <summary>Each life begins with one request that is alone and answered, as a start does.</summary>
    static Recording Run(List<List<(int At, Ask Ask)>> lives)
    {
        var trials = new List<Trial>();
        var counter = 0L;
        foreach (var (life, index) in lives.Select((life, index) => (life, index)))
        {
            var begin = index * 1_000L;
            var all = life.Select(entry => (At: begin + 10 + entry.At, entry.Ask)).Prepend((At: begin, Ask: new Ask(5, 2, true, true)));
            var seen = new List<Sighting>();
            foreach (var (at, ask) in all.OrderBy(entry => entry.At + entry.Ask.Counts))
            {
                counter += ask.Counted ? 1 : 0;
                seen.Add(new Sighting
                {
                    Role = Role.Load, Counts = true, Status = ask.Answered ? 200 : null, Outcome = ask.Answered ? Outcome.Answered : Outcome.Reset,
                    Number = ask.Answered ? counter : null, StartedAt = at, ConnectedAt = at, WrittenAt = at, EndedAt = at + ask.Takes,
                });
            }

            trials.Add(new Trial { Experiment = Experiment.LoadNew, Number = index, Sightings = seen, ReadyAt = begin });
        }

        return new Recording { Schema = 1, Subject = "a counter", Settings = Recordings.AllHints, Trials = trials };
    }
}
