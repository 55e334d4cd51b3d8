using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Experiments;

/// <summary>The subject alone: started, left alone and stopped, and stopped before it was ready.</summary>
static class Starts
{
    const int UsualOffsets = 10;
    const int QuickOffsets = 4;

    static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(1);

    public static async Task IdleAsync(Stage stage, CancellationToken cancellation)
    {
        for (var round = 0; round < stage.Rounds(5, 3); round++)
        {
            await using var act = await stage.StartAsync(Experiment.Idle, round, cancellation);
            if (!act.IsReady)
            {
                await act.FinishAsync();
                return;
            }

            // At once the first time: what is set up only after the first answer is not there yet.
            await Task.Delay(round == 0 ? 0 : stage.Random.Next(20, 150), cancellation);
            act.Stop();
            await using (Prober.Start(act, cancellation))
            {
                await act.EndAsync(later: round == 0, cancellation);
            }

            await AfterFilesAsync(stage, await act.FinishAsync(), cancellation);
        }
    }

    /// <summary>SIGTERM at several moments of a start, from the first on.</summary>
    public static async Task EarlySignalAsync(Stage stage, CancellationToken cancellation)
    {
        var start = MedianStart(stage);
        var offsets = stage.Rounds(UsualOffsets, QuickOffsets);
        for (var round = 0; start > 0 && round < offsets; round++)
        {
            await using var act = await stage.SpawnAsync(Experiment.EarlySignal, round, cancellation);
            using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var asking = AskUntilAsync(act, watching.Token);
            try
            {
                // A container's first process is there late in the start; but just behind its exec the kernel drops the signal, for no program has a handler yet.
                await Task.Delay(TimeSpan.FromMicroseconds(start * (round + 0.5) / offsets), cancellation);
                act.Stop();
                await act.EndAsync(later: false, cancellation);
                if (act.LeftSomething)
                {
                    // A child of one that the signal ended may have been told nothing, and become ready yet.
                    await Task.Delay(TimeSpan.FromMicroseconds(start) + AfterStart, cancellation);
                }
            }
            finally
            {
                await watching.CancelAsync();
                await asking;
            }

            var trial = await act.FinishAsync();
            if (trial.KilledAt is not null)
            {
                return;
            }
        }

        if (start > 0)
        {
            // What the last of them has left behind must not be in its way.
            await using var last = await stage.StartAsync(Experiment.EarlySignal, offsets, cancellation);
            await last.DismissAsync(cancellation);
            await last.FinishAsync();
        }
    }

    /// <summary>Where files were left and the next start fails, whether it succeeds without them.</summary>
    public static async Task AfterFilesAsync(Stage stage, Trial trial, CancellationToken cancellation)
    {
        if (trial.FilesLeft.Count == 0)
        {
            return;
        }

        await using (var act = await stage.StartAsync(Experiment.LeftFiles, trial.Round, cancellation))
        {
            await act.DismissAsync(cancellation);
            await act.FinishAsync();
            if (act.IsReady)
            {
                return;
            }
        }

        LeftFiles.SetAside(trial.FilesLeft);
        try
        {
            await using var without = await stage.StartAsync(Experiment.LeftFiles, trial.Round, cancellation);
            await without.DismissAsync(cancellation);
            await without.FinishAsync();
            if (without.IsReady)
            {
                LeftFiles.RemoveAside(trial.FilesLeft);
                stage.FilesStopStarts(trial.FilesLeft);
                stage.Replace(trial with { FilesStoppedStart = true });
            }
        }
        finally
        {
            LeftFiles.PutBack(trial.FilesLeft);
        }
    }

    static async Task AskUntilAsync(Act act, CancellationToken watching)
    {
        while (!watching.IsCancellationRequested)
        {
            // Often before the signal: whoever is ready by then is not told during its start.
            var (role, pause) = act.IsTold ? (Role.Ready, 25) : (Role.Start, 4);
            if (await act.FindAsync())
            {
                await act.AskAsync(role, watching);
            }

            await Task.Delay(pause, watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    static long MedianStart(Stage stage) =>
        Case.Median(stage.Trials.Where(trial => trial is { Experiment: Experiment.Idle, ReadyAt: not null }), Case.StartTime) is { } median ? Case.StartTime(median) : 0;
}
