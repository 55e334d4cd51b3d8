using System.Runtime.Versioning;
using Descarte.Pool.Control;
using Descarte.Pool.Listening;
using Descarte.Pool.Output;
using Descarte.Pool.Processes;
using Descarte.Pool.Reconciling;

namespace Descarte.Pool;

/// <summary>The supervisor's ends of what connects it with one worker.</summary>
[UnsupportedOSPlatform("windows")]
sealed class WorkerHandle(Worker worker) : IDisposable
{
    NotifyReceiver? _ear;

    public Worker Worker => worker;

    public LastLines LastErrors { get; } = new();

    public void Start(
        PoolPlan plan, ListenerSet listeners, PoolFolder? folder, OutputRelay output, string? workingDirectory, Action<Notification> said)
    {
        _ear = Hear(folder, said);
        var (outRead, outWrite) = OutputRelay.NewPipe();
        var (errorRead, errorWrite) = OutputRelay.NewPipe();
        int[] safe = [];
        try
        {
            safe = [Safe(outWrite), Safe(errorWrite)];
            worker.ProcessId = Spawner.Start(new SpawnRequest(
                plan.Path,
                plan.Arguments,
                WorkerEnvironment.For(listeners.Names, _ear?.Address, plan.Rules.Watchdog),
                workingDirectory,
                [.. safe, .. listeners.All.Select(listener => listener.Descriptor)]));
        }
        finally
        {
            foreach (var descriptor in safe.Append(outWrite).Append(errorWrite))
            {
                _ = Libc.Close(descriptor);
            }

            output.Add(outRead, worker.Slot, OutputRelay.StandardOutput);
            output.Add(errorRead, worker.Slot, OutputRelay.StandardError, LastErrors);
        }
    }

    public void Dispose() => _ear?.Dispose();

    NotifyReceiver? Hear(PoolFolder? folder, Action<Notification> said) =>
        folder is null && !OperatingSystem.IsLinux() ? null : new NotifyReceiver(folder?.NotifySocket(worker.Id), said);

    static int Safe(int descriptor) => Libc.Duplicate(descriptor, Spawner.FirstSafeDescriptor);
}
