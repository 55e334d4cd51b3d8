using System.Diagnostics;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using Descarte.Conformance.Machine;
using Descarte.Conformance.Subjects;

namespace Descarte.Conformance.Experiments;

/// <summary>A process in the container that loses its parent and then ends: the first process inherits it, and nobody else can reap it.</summary>
static class Reaping
{
    const string Seconds = "0.305";

    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(5);
    static readonly TimeSpan OrphanLimit = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(Stage stage, CancellationToken cancellation)
    {
        if (stage.Container is null)
        {
            return;
        }

        await using var act = await stage.StartAsync(Experiment.Orphan, 0, cancellation);
        if (act.IsReady)
        {
            act.Inherited(await WatchAsync(act, cancellation));
            act.Stop();
            await act.EndAsync(later: false, cancellation);
        }

        await act.FinishAsync();
    }

    static async Task<OrphanSeen?> WatchAsync(Act act, CancellationToken cancellation)
    {
        // In the container's process table and with this machine's programs: an image need not have any. Its output is not ours, or we would wait for its end.
        await ExternalCommand.RunAsync(
            "nsenter", ["--target", $"{act.Life.Id}", "--pid", "--", "setsid", "--fork", "sh", "-c", $"exec sleep {Seconds} >/dev/null 2>&1"], act.Stage.Subject.WorkingDirectory, cancellation);
        var limit = Stopwatch.StartNew();
        ProcessRow? orphan = null;
        while (orphan is null && limit.Elapsed < OrphanLimit)
        {
            orphan = act.Life.Tree.Running().Where(id => ProcessTable.Command(id) == $"sleep {Seconds}").Select(ProcessTable.Read).FirstOrDefault(row => row is not null);
            await Task.Delay(BetweenLooks, cancellation);
        }

        if (orphan is not { } row)
        {
            return null;
        }

        var seen = new OrphanSeen { Id = row.Id, Parent = row.Parent };
        while (limit.Elapsed < OrphanLimit && seen.ReapedAt is null && !(act.Stage.Clock.Now - seen.EndedAt > (long)(Limits.Reaping * 2).TotalMicroseconds))
        {
            await Task.Delay(BetweenLooks, cancellation);
            var now = ProcessTable.Read(row.Id);
            var isThere = now?.StartedTicks == row.StartedTicks;
            seen = seen with
            {
                EndedAt = seen.EndedAt ?? (isThere && now!.Value.Runs ? null : act.Stage.Clock.Now),
                ReapedAt = isThere ? null : act.Stage.Clock.Now,
            };
        }

        return seen;
    }
}
