using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Clauses;

/// <summary>Work in flight.</summary>
static class Section4
{
    public static IReadOnlyList<Clause> Clauses { get; } =
    [
        new()
        {
            Id = "4.1",
            Title = "finishes requests in flight",
            FailureTitle = "cuts requests in flight",
            Level = Level.Must,
            Requirement = "Every request that was proven started before the signal is answered whole, with the status that it has when nothing is stopped.",
            Tried = "SIGTERM at several moments of slow requests. Started is proven by the system's own tables: the connection was accepted and everything on it had been read.",
            Source = "The twelve-factor app, IX",
            Remedy = "On SIGTERM stop accepting, wait for what is in flight, and only then exit. nginx: SIGQUIT instead of SIGTERM (STOPSIGNAL SIGQUIT).",
            Needs = "--slow PATH",
            IsOpen = static settings => settings.Slow is not null,
            Experiments = [Experiment.Slow],
            Judge = FinishesRequests,
        },
        new()
        {
            Id = "4.2",
            Title = "finishes responses half sent",
            FailureTitle = "ends a response half way as if it were whole",
            Level = Level.Must,
            Requirement = "The body is complete, or its framing says that it is not. A cut that the framing shows is warned of.",
            Tried = "SIGTERM while a client with a small buffer has read the beginning of a large or streamed response.",
            Source = "RFC 9112, section 8",
            Remedy = "Wait for the last byte before closing, and send a length or chunks, so that a cut is seen.",
            Needs = "--download PATH",
            IsOpen = static settings => settings.Download is not null,
            Experiments = [Experiment.Download],
            Judge = FinishesResponses,
        },
        new()
        {
            Id = "4.3",
            Title = "finishes uploads half sent",
            FailureTitle = "cuts uploads",
            Level = Level.Must,
            Requirement = "The rest of an upload that was half sent at the signal is read, and answered.",
            Tried = "SIGTERM when half of a POST of 64 KiB was read; the rest is sent 60 ms later.",
            Source = "The twelve-factor app, IX",
            Remedy = "An upload is in flight from its first byte on: wait for its end.",
            Needs = "--upload PATH",
            IsOpen = static settings => settings.Upload is not null,
            Experiments = [Experiment.Upload],
            Judge = FinishesUploads,
        },
    ];

    static Finding FinishesRequests(Case seen)
    {
        if (seen.Unusable(Role.Slow, "--slow") is { } unusable)
        {
            return unusable;
        }

        var calibration = seen.Calibration(Role.Slow)!;
        if (calibration.Whole < Case.Micros(Limits.SlowEnough))
        {
            return new Finding(Verdict.Inconclusive, $"--slow {seen.Settings.Slow} answers in {Figures.Time(calibration.Whole)}, too fast to be caught in flight");
        }

        var proven = seen.Stops(Experiment.Slow).Sum(trial => Proven(trial).Count);
        return Rounds.Together(
            seen.Stops(Experiment.Slow).Select(trial =>
            {
                var started = Proven(trial);
                var cut = started.Count(sighting => sighting.Outcome is not (Outcome.Answered or Outcome.AnsweredThenReset) || sighting.Status != calibration.Status);
                return started.Count == 0 ? new Round(trial.Number, Verdict.Inconclusive, "no request was proven started at the signal")
                    : cut > 0 ? new Round(trial.Number, Verdict.Fail, $"{cut} of {Figures.Count(started.Count, "request")} in flight not answered: {Kinds(started)}")
                    : new Round(trial.Number, Verdict.Pass, $"{proven} of {Figures.Count(proven, "request")} in flight answered{Figures.NoneOf(proven)}");
            }),
            "no slow request was in flight");
    }

    static Finding FinishesResponses(Case seen)
    {
        if (seen.Unusable(Role.Download, "--download") is { } unusable)
        {
            return unusable;
        }

        // Where two answers differ in length already when nothing is stopped, one that is a little shorter than both may be whole all the same.
        var lengths = seen.Lengths(Role.Download);
        var whole = lengths.Min();
        return Rounds.Together(
            seen.Stops(Experiment.Download).Select(trial =>
            {
                var half = trial.Sightings.Where(sighting => sighting.Role == Role.Download && sighting.BodyBefore > 0 && sighting.BodyBefore < whole).ToList();
                var shorter = half.FirstOrDefault(sighting => sighting.Outcome.IsAnswered() && sighting.BodyLength < (lengths.Count == 1 ? whole : whole * 9 / 10));
                var cut = half.FirstOrDefault(sighting => sighting.Outcome.IsLost());
                return half.Count == 0 ? new Round(trial.Number, Verdict.Inconclusive, $"no response was half sent: --download {seen.Settings.Download} has {whole} bytes")
                    : shorter is not null && lengths.Count == 1 ? new Round(trial.Number, Verdict.Fail, $"a response ended as if it were whole after {shorter.BodyLength} of {whole} bytes")
                    : shorter is not null ? new Round(trial.Number, Verdict.Inconclusive, $"a response ended after {shorter.BodyLength} bytes; when nothing was stopped they had {string.Join(" and ", lengths.Order())}, so it may have been cut", Suspect: true)
                    : cut is not null ? new Round(trial.Number, Verdict.Warning, $"a response was cut after {cut.BodyLength} of {whole} bytes; its framing says so")
                    : new Round(trial.Number, Verdict.Pass, $"{Figures.Count(half.Count, "response")} of {whole} bytes finished");
            }),
            "no response was half sent");
    }

    static Finding FinishesUploads(Case seen)
    {
        if (seen.Unusable(Role.Upload, "--upload") is { } unusable)
        {
            return unusable;
        }

        return Rounds.Together(
            seen.Stops(Experiment.Upload).Select(trial =>
            {
                var uploads = trial.Sightings.Where(sighting => sighting is { Role: Role.Upload, Taken: true }).ToList();
                var cut = uploads.Count(sighting => sighting.Outcome.IsLost() || sighting.Status >= 400);
                return uploads.Count == 0 ? new Round(trial.Number, Verdict.Inconclusive, "no upload was proven half read at the signal")
                    : cut > 0 ? new Round(trial.Number, Verdict.Fail, $"{cut} of {Figures.Count(uploads.Count, "upload")} not answered: {Kinds(uploads)}")
                    : new Round(trial.Number, Verdict.Pass, $"{Figures.Count(uploads.Count, "upload")} read to the end and answered");
            }),
            "no upload was half sent");
    }

    static List<Sighting> Proven(Trial trial) =>
        [.. trial.Sightings.Where(sighting => sighting is { Role: Role.Slow, Taken: true } && sighting.EndedAt > trial.Signal!.Before)];

    static string Kinds(IEnumerable<Sighting> sightings) =>
        string.Join(", ", sightings.CountBy(sighting => sighting.Outcome).OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} {pair.Key}"));
}
