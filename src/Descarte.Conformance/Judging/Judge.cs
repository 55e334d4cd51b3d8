using Descarte.Conformance.Clauses;
using Descarte.Conformance.Evidence;

namespace Descarte.Conformance.Judging;

/// <summary>From a recording to verdicts: nothing else goes in, so the same recording always gets the same verdicts.</summary>
public static class Judge
{
    internal const string NotAskedFor = "not asked for";

    /// <summary>Judges every clause.</summary>
    /// <param name="recording">What was seen.</param>
    /// <param name="profile">Which way the subject is meant to go.</param>
    public static Judgement Of(Recording recording, Profile profile = Profile.Strict)
    {
        var seen = new Case(recording, profile);
        return new Judgement(profile, [.. Catalog.All.Select(clause => new ClauseResult(clause, Find(clause, seen)))], StartFailure(recording));
    }

    static Finding Find(Clause clause, Case seen)
    {
        if (seen.Settings.Clauses.Count > 0 && !seen.Settings.Clauses.Contains(clause.Id))
        {
            return new Finding(Verdict.NotApplicable, NotAskedFor);
        }

        if (clause.Profile is { } profile && profile != seen.Profile)
        {
            return new Finding(Verdict.NotApplicable, $"belongs to --profile {Name(profile)}");
        }

        if (!clause.IsOpen(seen.Settings))
        {
            return new Finding(Verdict.NotApplicable, $"needs {clause.Needs}");
        }

        if (!seen.Recording.Trials.Any(trial => clause.Experiments.Contains(trial.Experiment)))
        {
            return new Finding(
                Verdict.NotApplicable,
                StartFailure(seen.Recording) is not null ? "it never became ready"
                : seen.Settings.Disturbance is not null ? "needs the command that starts it"
                : seen.Settings.Quick ? "left out by --quick"
                : "not tried in this run");
        }

        return clause.Judge(seen);
    }

    /// <summary>Why the subject never became ready; null when it did once.</summary>
    static string? StartFailure(Recording recording) =>
        recording.Trials.Any(trial => trial.ReadyAt is not null) ? null : recording.Trials.FirstOrDefault(trial => trial.StartFailure is not null)?.StartFailure;

    static string Name(Profile profile) => profile == Profile.Strict ? "strict" : "lame-duck";
}

/// <summary>All verdicts of a run.</summary>
/// <param name="Profile">Which way the subject was meant to go.</param>
/// <param name="Results">One for each clause.</param>
/// <param name="StartFailure">Why the subject never became ready; null when it did.</param>
public sealed record Judgement(Profile Profile, IReadOnlyList<ClauseResult> Results, string? StartFailure)
{
    /// <summary>Those that were judged either way.</summary>
    public IReadOnlyList<ClauseResult> Applicable => [.. Results.Where(result => result.Verdict != Verdict.NotApplicable)];

    /// <summary>Those that failed.</summary>
    public IReadOnlyList<ClauseResult> Failed => [.. Results.Where(result => result.Verdict == Verdict.Fail)];

    /// <summary>The exit code: 0 all passed, 1 a MUST failed, 3 inconclusive or nothing judged, 4 never ready.</summary>
    /// <param name="strict">Whether a SHOULD counts as a MUST.</param>
    public int ExitCode(bool strict) =>
        StartFailure is not null ? 4
        : Failed.Any(result => strict || result.Clause.Level == Level.Must) ? 1
        : Applicable.Count == 0 || Results.Any(result => result.Verdict == Verdict.Inconclusive) ? 3
        : 0;

    /// <summary>The whole in one sentence.</summary>
    public string Sentence()
    {
        var inconclusive = Results.Count(result => result.Verdict == Verdict.Inconclusive);
        var warnings = Results.Count(result => result.Verdict == Verdict.Warning);
        var clauses = Figures.Count(Applicable.Count, "clause");
        return StartFailure is not null ? $"Never ready: {StartFailure}"
            : Applicable.Count == 0 ? $"Nothing was judged: {NothingBecause()}"
            : Failed.Any(result => result.Clause.Level == Level.Must) ? $"Not disposable: {Failed.Count} of {clauses} failed"
            : inconclusive > 0 ? $"Undecided: {inconclusive} of {clauses} inconclusive{(Failed.Count > 0 ? $", {Failed.Count} failed that should not" : "")}"
            : Failed.Count > 0 ? $"Disposable, but {Failed.Count} of {clauses} failed that should not"
            : $"Disposable: {clauses} passed{(warnings > 0 ? $", {warnings} with a warning" : "")}";
    }

    string NothingBecause() => string.Join("; ", Results.Where(result => result.Finding.Observed != Judge.NotAskedFor).Select(result => $"{result.Clause.Id} {result.Finding.Observed}").Take(3));
}
