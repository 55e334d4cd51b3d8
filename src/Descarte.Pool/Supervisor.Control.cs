using System.Runtime.Versioning;
using Descarte.Pool.Control;
using Descarte.Pool.Output;
using Descarte.Pool.Processes;
using Descarte.Pool.Reconciling;

namespace Descarte.Pool;

partial class Supervisor
{
    /// <summary>Questions from the control socket, which the loop answers.</summary>
    sealed class ControlledPool(Supervisor supervisor) : IControlled
    {
        public LogHistory History => supervisor._output.History;

        public Task<PoolStatus> StatusAsync() => Ask<PoolStatus>(answer => answer.SetResult(supervisor.Status()));

        /// <summary>The connection ends with the process: that is the answer that the pool has gone.</summary>
        public async Task StopAsync(TimeSpan? grace)
        {
            supervisor._queue.Post(() => supervisor._machine.Stop("descarte stop", grace ?? supervisor._plan.Rules.Grace, supervisor.Now));
            await Task.Delay(Timeout.Infinite, supervisor._gone.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        public Task<string?> RestartAsync() => Ask<string?>(answer =>
        {
            void Ended(string? failure)
            {
                supervisor._machine.RestartEnded -= Ended;
                answer.TrySetResult(failure);
            }

            supervisor._machine.RestartEnded += Ended;
            supervisor._machine.Restart();
        });

        public Task<string?> ScaleAsync(int workers) => Ask<string?>(answer =>
        {
            if (workers is < 1 or > ProcessPoolOptions.MostWorkers)
            {
                answer.SetResult($"{workers} is not a number of workers (1 to {ProcessPoolOptions.MostWorkers})");
                return;
            }

            supervisor._machine.Resize(workers);
            answer.SetResult(supervisor._machine.Phase == PoolPhase.Running ? null : "the pool is stopping");
        });

        Task<T> Ask<T>(Action<TaskCompletionSource<T>> answer)
        {
            var source = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            supervisor._queue.Post(() => answer(source));
            return source.Task;
        }
    }

    readonly CancellationTokenSource _gone = new();

    PoolStatus Status()
    {
        var now = Now;
        var usage = ProcessTable.UsageByGroup();
        return new PoolStatus(
            Name,
            Environment.ProcessId,
            _machine.Phase.ToString().ToLowerInvariant(),
            _machine.Wanted,
            now.TotalSeconds,
            [.. _listeners.All.Select(listener => listener.Address)],
            [.. _machine.All.OrderBy(worker => worker.Slot).ThenBy(worker => worker.Id).Select(worker => Status(worker, now, usage.GetValueOrDefault(worker.ProcessId)))]);
    }

    WorkerStatus Status(Worker worker, TimeSpan now, GroupUsage usage)
    {
        var uptime = (now - worker.StartedAt).TotalSeconds;
        return new WorkerStatus(
            worker.Slot,
            worker.ProcessId,
            worker.SuspendedSince is null ? worker.Phase.ToString().ToLowerInvariant() : "suspended",
            uptime,
            _machine.Slots.FirstOrDefault(slot => slot.Number == worker.Slot)?.Restarts ?? 0,
            usage.ResidentBytes,
            usage.Processor.TotalSeconds,
            uptime > 0 ? 100 * usage.Processor.TotalSeconds / uptime : 0,
            (now - worker.Heartbeat)?.TotalSeconds,
            worker.Status);
    }
}
