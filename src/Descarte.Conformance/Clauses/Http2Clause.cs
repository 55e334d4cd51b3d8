using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Clauses;

/// <summary>5.6, which needs more words than the others.</summary>
static class Http2Clause
{
    public static Clause Clause { get; } = new()
    {
        Id = "5.6",
        Title = "HTTP/2 goes away properly",
        FailureTitle = "HTTP/2 clients lose streams, or hear no GOAWAY",
        Level = Level.Must,
        Requirement = "GOAWAY with 2^31-1, then a final one, both NO_ERROR; every stream at or below the last id is answered. Without the first of the two, and nothing lost: a warning.",
        Tried = "SIGTERM while four connections open one stream after the other, and hold a slow one each (--slow).",
        Source = "RFC 9113, section 6.8",
        Remedy = "Shut down in two steps: announce first, name the last stream a round trip later, finish what is below it.",
        Needs = "--http2",
        IsOpen = static settings => settings.Http2,
        Experiments = [Experiment.Http2],
        Judge = seen => Rounds.Together(seen.Stops(Experiment.Http2).Select(GoesAway), "no HTTP/2 connection was open"),
    };

    static Round GoesAway(Trial trial)
    {
        var streams = trial.Sightings.Where(sighting => sighting.Role == Role.Http2 && sighting.ConnectedAt is not null).ToList();
        if (!streams.Exists(stream => stream.Outcome.IsAnswered()))
        {
            return new Round(trial.Number, Verdict.Inconclusive, "it answered nothing on HTTP/2: is --http2 right?");
        }

        // A stream above the last id is NotProcessed, and the client knows it.
        var lost = streams.Where(stream => stream.Outcome.IsLost() && stream.EndedAt >= trial.Signal!.Before).ToList();
        if (lost.Count > 0)
        {
            return new Round(trial.Number, Verdict.Fail, $"{Figures.Count(lost.Count, "stream")} lost: {string.Join(", ", lost.CountBy(stream => stream.Outcome).Select(pair => $"{pair.Value} {pair.Key}"))}");
        }

        var clients = streams.Where(stream => stream.EndedAt >= trial.Signal!.Before || trial.GoAways.Any(goAway => goAway.Client == stream.Client))
            .Select(stream => stream.Client).Distinct().ToList();
        var heard = clients.Select(client => trial.GoAways.Where(goAway => goAway.Client == client).OrderBy(goAway => goAway.At).ToList()).ToList();
        return clients.Count == 0 ? new Round(trial.Number, Verdict.Inconclusive, "every HTTP/2 connection had ended before the signal")
            : heard.Exists(goAways => goAways.Count == 0) ? new Round(trial.Number, Verdict.Fail, "a connection was closed without a GOAWAY")
            : heard.Exists(goAways => goAways.Exists(goAway => goAway.ErrorCode != 0)) ? new Round(trial.Number, Verdict.Fail, "a GOAWAY names an error")
            : heard.Exists(goAways => goAways.Count == 1 || goAways[0].LastStream != int.MaxValue)
                ? new Round(trial.Number, Verdict.Warning, "GOAWAY came in one step; nothing was lost")
                : new Round(trial.Number, Verdict.Pass, $"{Figures.Count(heard.Count, "connection")} went away in two steps, nothing was lost");
    }
}
