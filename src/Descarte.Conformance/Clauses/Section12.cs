using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Clauses;

/// <summary>What runs elsewhere, and what its users see of a disturbance.</summary>
static class Section12
{
    public static IReadOnlyList<Clause> Clauses { get; } =
    [
        new()
        {
            Id = "12.1",
            Title = "loses nothing while it is disturbed",
            FailureTitle = "loses requests, or refuses them, while it is disturbed",
            Level = Level.Must,
            Requirement = "From the start of the command until the load ends, each request has a whole answer with a status below 500.",
            Tried = "Runs the command in the middle of a load, half of it on kept connections, and goes on for a while after its end.",
            Source = "The twelve-factor app, IX",
            Remedy = "Start the new before the old is told to stop; let the old finish what it has; let whatever stands in front of both try another when one refuses.",
            Needs = "--url URL --disturb COMMAND",
            IsOpen = static settings => settings.Disturbance is not null,
            Experiments = [Experiment.Disturbed],
            Judge = LosesNothing,
        },
    ];

    static Finding LosesNothing(Case seen) => Rounds.Together(
        seen.All(Experiment.Disturbed).Where(trial => trial.Signal is not null).Select(trial =>
        {
            var disturbance = trial.Signal!;
            var requests = trial.Sightings.Where(sighting => sighting.Role == Role.Load).ToList();
            var during = requests.Where(sighting => sighting.EndedAt >= disturbance.Before).ToList();
            var bad = during.Where(sighting => !Case.IsServed(sighting)).ToList();
            return requests.Exists(sighting => sighting.EndedAt < disturbance.Before && !Case.IsServed(sighting))
                    ? new Round(trial.Number, Verdict.Inconclusive, "requests failed before anything was done to it")
                : bad.Count > 0 ? new Round(trial.Number, Verdict.Fail, $"{bad.Count} of {Figures.Count(during.Count, "request")} lost: {string.Join(", ", bad.CountBy(Name).OrderByDescending(kind => kind.Value).Select(kind => $"{kind.Value} {kind.Key}"))}")
                : trial.KilledAt is not null ? new Round(trial.Number, Verdict.Inconclusive, $"the command still ran after {Figures.Time(trial.KilledAt.Value - disturbance.Before)}, and was ended")
                : trial.ExitCode != 0 ? new Round(trial.Number, Verdict.Inconclusive, $"the command failed with exit code {trial.ExitCode}{Said(trial)}")
                : new Round(trial.Number, Verdict.Pass, $"none of {Figures.Count(during.Count, "request")} lost{Figures.NoneOf(during.Count)}");
        }),
        "it was not disturbed");

    static string Name(Sighting sighting) => sighting.Outcome.IsAnswered() ? $"with status {sighting.Status}" : sighting.Outcome switch
    {
        Outcome.EndOfStream => "end of stream",
        Outcome.ConnectTimedOut => "connect timed out",
        Outcome.NotProcessed => "not processed",
        Outcome.TimedOut => "timed out",
        var other => other.ToString().ToLowerInvariant(),
    };

    static string Said(Trial trial) => Figures.LineThatSaysWhy(trial.Output) is { Length: > 0 } said ? $": {said}" : "";
}
