using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;

namespace Descarte.Conformance.Judging;

/// <summary>What lies between two readings of the counter: everything that was asked of it, and what became of the subject.</summary>
/// <param name="Trials">The lives that the first of the readings began and that ended before the second.</param>
/// <param name="Acknowledged">Requests that got a number.</param>
/// <param name="Attempted">Requests that were written, with a number or without.</param>
/// <param name="Counted">How far the counter moved, the second reading itself left out.</param>
readonly record struct CountWindow(IReadOnlyList<Trial> Trials, long Acknowledged, long Attempted, long Counted);

/// <summary>The arithmetic of a counter: what was acknowledged is counted, and nothing is counted that nobody attempted.</summary>
static class Counting
{
    /// <summary>From the smallest number of one life to the smallest of the next that has one.</summary>
    public static IEnumerable<CountWindow> Windows(Recording recording)
    {
        Sighting? last = null;
        var trials = new List<Trial>();
        var asked = new List<Sighting>();
        foreach (var trial in recording.Trials)
        {
            var counting = trial.Sightings.Where(sighting => sighting is { Counts: true, WrittenAt: not null }).ToList();
            if (counting.Where(IsNumber).MinBy(sighting => sighting.Number) is { } reading)
            {
                // What this life was asked before it gave that number, and did not answer with one, may have been counted before it.
                asked.AddRange(counting.Where(sighting => !IsNumber(sighting) && sighting.StartedAt <= reading.EndedAt));
                if (last is not null && trials.Count > 0)
                {
                    yield return new CountWindow([.. trials], asked.Count(IsNumber), asked.Count, reading.Number!.Value - last.Number!.Value - 1);
                }

                last = reading;
                trials.Clear();
                asked.Clear();
                asked.AddRange(counting.Where(sighting => sighting != reading));
            }
            else
            {
                asked.AddRange(counting);
            }

            trials.Add(trial);
        }
    }

    /// <summary>Answers of one life that no counter gives; null when there are none. What is lost between two lives is another matter.</summary>
    public static string? Contradiction(Trial trial)
    {
        var numbered = trial.Sightings.Where(IsNumber).ToList();
        if (numbered.GroupBy(sighting => sighting.Number).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            var all = numbered.GroupBy(sighting => sighting.Number).Count(group => group.Count() > 1);
            return $"{Figures.Count(all, "number")} answered more than once, {twice.Key} {twice.Count()} times";
        }

        // In the order of their ends, the largest number so far is what each later beginning has to exceed.
        var ended = numbered.OrderBy(sighting => sighting.EndedAt).ToList();
        var largest = long.MinValue;
        var next = 0;
        foreach (var begun in numbered.OrderBy(sighting => sighting.StartedAt))
        {
            for (; next < ended.Count && ended[next].EndedAt < begun.StartedAt; next++)
            {
                largest = Math.Max(largest, ended[next].Number!.Value);
            }

            if (begun.Number < largest)
            {
                return $"{begun.Number} was answered to a request that began after {largest} had been answered";
            }
        }

        return null;
    }

    public static bool IsNumber(Sighting sighting) => sighting is { Number: not null, WrittenAt: not null } && sighting.Outcome.IsAnswered() && sighting.Status is >= 200 and < 300;
}
