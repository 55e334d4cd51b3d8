using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Clauses;

/// <summary>The first process of a container.</summary>
static class Section10
{
    const string Needs = "--image, --container or --compose";

    public static IReadOnlyList<Clause> Clauses { get; } =
    [
        new()
        {
            Id = "10.1",
            Title = "PID 1 handles the stop signal",
            FailureTitle = "PID 1 ignores the stop signal",
            Level = Level.Must,
            Requirement = "The container stops without SIGKILL, and its first process has a handler for the stop signal (SigCgt in /proc/1/status) or waits for it (SigBlk).",
            Tried = "Sends the image's stop signal (STOPSIGNAL, else SIGTERM) to an idle container, and reads the signal masks of its first process.",
            Source = "pid_namespaces(7): a signal that process 1 has no handler for is dropped",
            Remedy = "Start the server itself, in the exec form (CMD [\"server\"]), and handle the signal in it; or docker run --init.",
            Needs = Needs,
            IsOpen = static settings => settings.Container is not null,
            Experiments = [Experiment.Idle],
            Judge = HandlesStop,
        },
        new()
        {
            Id = "10.2",
            Title = "PID 1 reaps",
            FailureTitle = "PID 1 leaves zombies",
            Level = Level.Should,
            Requirement = "A process in the container whose parent has gone is no zombie 1 s after its own end.",
            Tried = "Starts one in the container's process table, lets its parent end, and watches it end.",
            Source = "wait(2); tini",
            Remedy = "A first process that starts others has to wait for those that it inherits, too; or docker run --init.",
            Needs = Needs,
            IsOpen = static settings => settings.Container is not null,
            Experiments = [Experiment.Orphan],
            Judge = Reaps,
        },
    ];

    static Finding HandlesStop(Case seen) => Rounds.Together(
        seen.Stops(Experiment.Idle).Select(trial =>
        {
            var first = trial.Tree.FirstOrDefault(process => process.Id == trial.ProcessId);
            var name = first?.Command ?? "its first process";

            // A signal that nobody handles is dropped, however much time there is.
            return first is { HandlesTerm: false } ? new Round(trial.Number, Verdict.Fail, $"{name} is PID 1 and has no handler for {trial.Signal!.Name}{(trial.KilledAt is null ? "" : ": it had to be killed")}")
                : trial.KilledAt is not null ? seen.Killed(trial)
                : new Round(trial.Number, Verdict.Pass, $"{name} is PID 1 and handles {trial.Signal!.Name}");
        }),
        "it was never stopped");

    static Finding Reaps(Case seen) => Rounds.Together(
        seen.All(Experiment.Orphan).Where(trial => trial.ReadyAt is not null).Select(trial => trial.Orphan switch
        {
            null or { EndedAt: null } => new Round(trial.Number, Verdict.Inconclusive, "no process could be left to PID 1"),
            { ReapedAt: null } => new Round(trial.Number, Verdict.Fail, $"a process that was left to PID 1 is still a zombie {Figures.Time(Case.Micros(Limits.Reaping))} after its end"),
            { } orphan => seen.Timed(trial, orphan.EndedAt.Value, orphan.ReapedAt.Value, Limits.Reaping, "a process that was left to PID 1 was reaped {0} after its end"),
        }),
        "it was never ready");
}
