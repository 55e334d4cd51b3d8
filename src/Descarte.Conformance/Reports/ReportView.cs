using System.Text.Json.Serialization;
using Descarte.Conformance.Client;
using Descarte.Conformance.Clauses;
using Descarte.Conformance.Diagnosing;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Reports;

/// <summary>What the page shows. Times are microseconds from the signal, or from the start where that failed.</summary>
sealed record ReportView(IReadOnlyList<ResultView> Results, IReadOnlyList<Diagnosis> Diagnoses, IReadOnlyList<TrialView> Trials, int First)
{
    /// <summary>Load before the signal that is still shown.</summary>
    const long Before = 300_000;

    public static ReportView Of(Recording recording, Judgement judgement, int mostRequests)
    {
        var trials = recording.Trials.Where(trial => trial.Signals.Count > 0 || trial.StartFailure is not null).ToList();
        var failing = judgement.Failed.SelectMany(result => result.Finding.Trials);
        return new ReportView(
            [.. judgement.Results.Select(result => new ResultView(
                result.Clause.Id, result.Verdict, Words.Of(result), result.Title, result.Clause.Requirement, result.Finding.Observed, result.Clause.Remedy, result.Clause.Source, result.Finding.Trials))],
            Diagnosis.Of(recording),
            [.. trials.Select(trial => View(trial, recording.Settings.GraceMs * 1_000L, mostRequests))],
            failing.Concat(trials.Where(trial => trial.Experiment == Experiment.LoadKept).Select(trial => trial.Number)).Concat(trials.Select(trial => trial.Number)).FirstOrDefault());
    }

    static TrialView View(Trial trial, long grace, int mostRequests)
    {
        // A start that failed saw no signal: what is told of it begins with the start.
        var signal = trial.Signal?.Before ?? trial.SpawnedAt;
        var around = trial.Sightings.Where(seen => seen.EndedAt >= signal - Before).ToList();
        var shown = Shown(around, signal, mostRequests);
        var lanes = shown.Where(seen => !IsProbe(seen.Role)).GroupBy(seen => (seen.Role, seen.Client)).OrderBy(lane => lane.Key)
            .Select(lane => new LaneView($"{Words.Of(lane.Key.Role)} {lane.Key.Client + 1}", [.. lane.Select(seen => View(seen, signal))]))
            .Concat(new[] { Role.Start, Role.Ready, Role.Door }.SelectMany(role => Packed(shown.Where(seen => seen.Role == role))
                .Select(lane => new LaneView(Words.Of(role), [.. lane.Select(seen => View(seen, signal))]))));
        return new TrialView(trial.Number, $"{trial.Number}: {Words.Of(trial.Experiment)}, round {trial.Round + 1}", grace * 2, [.. Marks(trial, signal, grace)], [.. lanes], shown.Count, around.Count, trial.Output);
    }

    // Of too many, first those that were neither answered nor refused, then those nearest to the signal.
    static List<Sighting> Shown(List<Sighting> around, long signal, int most) =>
    [
        .. around.OrderBy(seen => seen.Outcome is Outcome.Answered or Outcome.Refused ? Math.Abs(seen.StartedAt - signal) : -1)
            .Take(most).OrderBy(seen => seen.StartedAt),
    ];

    static IEnumerable<MarkView> Marks(Trial trial, long signal, long grace)
    {
        foreach (var sent in trial.Signals)
        {
            yield return new MarkView("signal", sent.Name, sent.Before - signal);
        }

        if (trial.Sightings.Where(seen => seen.ConnectedAt > signal).Max(seen => seen.ConnectedAt) is { } accepted)
        {
            yield return new MarkView("accept", "last connection", accepted - signal);
        }

        if (trial.Sightings.Where(seen => seen is { Outcome: Outcome.Refused, ConnectedAt: null } && seen.EndedAt > signal).Select(seen => (long?)seen.EndedAt).Min() is { } refused)
        {
            yield return new MarkView("refusal", "first refusal", refused - signal);
        }

        if ((trial.ExitedAt ?? trial.KilledAt) is { } end)
        {
            yield return new MarkView("exit", trial.KilledAt is null ? $"exit, code {trial.ExitCode}" : "SIGKILL", end - signal);
        }

        if (trial.Signals.Count > 0)
        {
            yield return new MarkView("grace", "end of the grace period", grace);
        }
    }

    static bool IsProbe(Role role) => role is Role.Start or Role.Ready or Role.Door;

    // Each has a connection of its own. They overlap when one hangs: each goes into the first lane that is free.
    static List<List<Sighting>> Packed(IEnumerable<Sighting> knocks)
    {
        var lanes = new List<List<Sighting>>();
        foreach (var knock in knocks.OrderBy(knock => knock.StartedAt))
        {
            if (lanes.Find(lane => lane[^1].EndedAt < knock.StartedAt) is { } free)
            {
                free.Add(knock);
            }
            else
            {
                lanes.Add([knock]);
            }
        }

        return lanes;
    }

    static RequestView View(Sighting seen, long signal) => new(
        seen.Outcome, seen.Status, seen.CloseAnnounced, seen.StartedAt - signal, seen.EndedAt - signal, seen.WrittenAt - signal, seen.FirstByteAt - signal);
}

sealed record ResultView(
    string Id, Verdict Verdict, string Word, string Title, string Requirement, string Observed, string Remedy, string Source, IReadOnlyList<int> Trials);

sealed record TrialView(int Number, string Name, long Until, IReadOnlyList<MarkView> Marks, IReadOnlyList<LaneView> Lanes, int Shown, int Seen, string Output);

sealed record LaneView(string Name, IReadOnlyList<RequestView> Requests);

sealed record MarkView(string Kind, string Name, long At);

sealed record RequestView(Outcome Outcome, int? Status, bool Close, long From, long To, long? Written, long? First);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(JsonStringEnumConverter<Outcome>), typeof(JsonStringEnumConverter<Verdict>)])]
[JsonSerializable(typeof(ReportView))]
sealed partial class ReportJson : JsonSerializerContext;
