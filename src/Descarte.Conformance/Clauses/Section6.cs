using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Clauses;

/// <summary>Connections that last.</summary>
static class Section6
{
    const int GoingAway = 1001;
    const int ServiceRestart = 1012;

    public static IReadOnlyList<Clause> Clauses { get; } =
    [
        new()
        {
            Id = "6.1",
            Title = "ends event streams",
            FailureTitle = "cuts event streams, or is held by them",
            Level = Level.Must,
            Requirement = "Each open event stream comes to the clean end of its body, and the stop takes at most 2 s longer than the median idle stop.",
            Tried = "SIGTERM while three clients read an event stream.",
            Source = "WHATWG HTML, server-sent events",
            Remedy = "Let the handler watch for the stop (ASP.NET Core: ApplicationStopping; RequestAborted fires only at the deadline) and return.",
            Needs = "--sse PATH",
            IsOpen = static settings => settings.EventStream is not null,
            Experiments = [Experiment.EventStreams],
            Judge = seen => Ends(seen, Experiment.EventStreams, trial =>
            {
                var streams = Begun(trial, Role.EventStream);
                var cut = streams.Count(stream => !stream.Outcome.IsAnswered());
                return streams.Count == 0 ? (Verdict.Inconclusive, $"--sse {seen.Settings.EventStream} had no stream open at the signal that had said anything")
                    : cut > 0 ? (Verdict.Fail, $"{cut} of {Figures.Count(streams.Count, "event stream")} cut")
                    : (Verdict.Pass, $"{Figures.Count(streams.Count, "event stream")} ended");
            }),
        },
        new()
        {
            Id = "6.2",
            Title = "closes WebSockets",
            FailureTitle = "drops WebSockets",
            Level = Level.Must,
            Requirement = "Each open WebSocket gets a close frame with 1001 or 1012 and then the end of the stream; the client's own 1006 would mean that there was none.",
            Tried = "SIGTERM while three WebSockets are open.",
            Source = "RFC 6455, section 7.4.1",
            Remedy = "Close every WebSocket with 1001 at the start of the drain.",
            Needs = "--websocket PATH",
            IsOpen = static settings => settings.WebSocket is not null,
            Experiments = [Experiment.WebSockets],
            Judge = seen => Ends(seen, Experiment.WebSockets, trial =>
            {
                var sockets = Begun(trial, Role.WebSocket);
                var wrong = sockets.Where(socket => socket.CloseCode is not (GoingAway or ServiceRestart) || socket.Outcome != Outcome.EndOfStream).ToList();
                return sockets.Count == 0 ? (Verdict.Inconclusive, $"--websocket {seen.Settings.WebSocket} accepts none")
                    : wrong.Count > 0 ? (Verdict.Fail, $"{wrong.Count} of {Figures.Count(sockets.Count, "WebSocket")} closed with {wrong[0].CloseCode ?? 1006}{(wrong[0].Outcome == Outcome.Reset ? " and a reset" : "")}")
                    : (Verdict.Pass, $"{Figures.Count(sockets.Count, "WebSocket")} closed with {sockets[0].CloseCode}");
            }),
        },
        new()
        {
            Id = "6.3",
            Title = "readmits nobody",
            FailureTitle = "lets those in again that it has thrown out, and waits for them",
            Level = Level.Must,
            Requirement = "Clients of event streams and WebSockets that connect again at once do not make the stop longer than 2 s more than the one without them.",
            Tried = "The same, with clients that connect again as soon as their connection ends.",
            Source = "dotnet/aspnetcore#58947",
            Remedy = "Close the door before ending what is inside, and end what comes later at once.",
            Needs = "--sse PATH or --websocket PATH",
            IsOpen = static settings => settings.EventStream is not null || settings.WebSocket is not null,
            Experiments = [Experiment.EventStreams, Experiment.WebSockets],
            Judge = ReadmitsNobody,
        },
    ];

    static Finding Ends(Case seen, Experiment experiment, Func<Trial, (Verdict Verdict, string Text)> judge) => Rounds.Together(
        seen.Stops(experiment).Where(trial => trial.Round == 0).Select(trial =>
        {
            var (verdict, text) = judge(trial);
            return verdict != Verdict.Pass ? new Round(trial.Number, verdict, text)
                : trial.KilledAt is not null ? seen.Killed(trial)
                : seen.Compared(trial, seen.Stops(Experiment.Idle), Limits.StreamDelay, $"{text}, exited after {{0}}; idle after {{1}}");
        }),
        "none was open");

    static Finding ReadmitsNobody(Case seen) => Rounds.Together(
        seen.Stops(Experiment.EventStreams, Experiment.WebSockets).Where(trial => trial.Round == 1).Select(trial =>
        {
            if (seen.Stops(trial.Experiment).FirstOrDefault(other => other.Round == 0) is not { } without)
            {
                return new Round(trial.Number, Verdict.Inconclusive, "there is no stop without clients that come back to compare with");
            }

            var role = trial.Experiment == Experiment.EventStreams ? Role.EventStream : Role.WebSocket;
            return Begun(trial, role).Count == 0 || Begun(without, role).Count == 0 ? new Round(trial.Number, Verdict.Inconclusive, "none was open at the signal that could have come back")
                : trial.KilledAt is not null ? seen.Killed(trial)
                : seen.Compared(trial, [without], Limits.StreamDelay, "exited after {0} with clients that come back, after {1} without");
        }),
        "no client could come back: it did not stop with them open");

    // Open at the signal: an event stream has said something, a WebSocket was agreed upon.
    static List<Sighting> Begun(Trial trial, Role role) =>
    [
        .. trial.Sightings.Where(sighting =>
            sighting.Role == role && sighting.StartedAt < trial.Signal!.Before && sighting.EndedAt >= trial.Signal.Before
            && (role == Role.WebSocket ? sighting.Status == 101 : sighting is { BodyBefore: > 0, Status: >= 200 and < 300 })),
    ];
}
