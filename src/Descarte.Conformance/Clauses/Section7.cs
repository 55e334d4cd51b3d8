using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Clauses;

/// <summary>What is left.</summary>
static class Section7
{
    public static IReadOnlyList<Clause> Clauses { get; } =
    [
        new()
        {
            Id = "7.1",
            Title = "nothing runs on",
            FailureTitle = "leaves processes behind, or its port taken",
            Level = Level.Must,
            Requirement = "No process of its tree or session runs at its exit or 1 s later, and the port is free.",
            Tried = "Looks for descendants, for processes of its session and for those that carry its environment, when its first process has ended in any of its stops; and of an idle one and of one under load a second later, too.",
            Source = "systemd.kill(5)",
            Remedy = "The first process has to stop its children and wait for them; a reloader or a shell in between has to be left out (exec).",
            Experiments = [Experiment.Idle, Experiment.LoadNew],
            Judge = NothingRunsOn,
        },
        new()
        {
            Id = "7.2",
            Title = "nothing is left lying",
            FailureTitle = "leaves files that stop its next start",
            Level = Level.Must,
            Requirement = "After a stop there is no new PID, lock or socket file in its working folder that stops the next start.",
            Tried = "Compares the folder before the start and after the stop; where files were left and the next start fails, starts it again without them.",
            Source = "The twelve-factor app, IX",
            Remedy = "Remove the file on the way out, and do not trust one that is found: look whether its process lives.",
            Needs = "a command; of a container 8.1 and 8.2 say whether its files stop it",
            IsOpen = static settings => settings.Container is null,
            Experiments = [Experiment.Calibration, Experiment.Idle],
            Judge = NothingLeftLying,
        },
    ];

    static Finding NothingRunsOn(Case seen) => Rounds.Together(
        seen.SingleStops.Where(trial => trial.ExitedAt is not null).Select(trial =>
        {
            var left = (trial.LeftLater ?? []).Concat(trial.LeftAtExit).DistinctBy(process => process.Id).ToList();
            return left.Count > 0 ? new Round(trial.Number, Verdict.Fail, $"left behind{(trial.LeftLater is { Count: > 0 } ? ", a second later too" : "")}: {string.Join("; ", left.Take(3).Select(process => $"{process.Id} {process.Command}"))}")
                : trial.PortHeldLater == true ? new Round(trial.Number, Verdict.Fail, "somebody still accepts connections on its port")
                : trial.PortHeldAtExit == true ? new Round(trial.Number, Verdict.Fail, "somebody accepted connections on its port when it had exited, though not a second later")
                : new Round(trial.Number, Verdict.Pass, "no process is left, and the port is free");
        }),
        "it never exited by itself");

    static Finding NothingLeftLying(Case seen) => Rounds.Together(
        seen.Stops(Experiment.Calibration, Experiment.Idle).Where(trial => trial.ExitedAt is not null).Select(trial => trial switch
        {
            { FilesStoppedStart: true } => new Round(trial.Number, Verdict.Fail, $"it starts only when these are removed: {string.Join(", ", trial.FilesLeft)}"),
            { FilesLeft.Count: > 0 } => new Round(trial.Number, Verdict.Pass, $"left, but in nobody's way: {string.Join(", ", trial.FilesLeft)}"),
            _ => new Round(trial.Number, Verdict.Pass, "no PID, lock or socket file is left"),
        }),
        "it never exited by itself");
}
