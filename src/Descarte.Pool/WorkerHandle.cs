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

    /// <summary>Whether what the worker says can reach us.</summary>
    public bool Hears => _ear?.IsThere == true;

    public void Start(
        PoolPlan plan, ListenerSet listeners, PoolFolder? folder, OutputRelay output, string? workingDirectory, Action<Notification> said)
    {
        _ear = Hear(folder, said);
        var standardOutput = new OutputPipe();
        var standardError = new OutputPipe();
        try
        {
            standardOutput.Open();
            standardError.Open();
            worker.ProcessId = Spawner.Start(new SpawnRequest(
                plan.Path,
                plan.Arguments,
                WorkerEnvironment.For(listeners.Names, _ear?.Address, plan.Rules.Watchdog),
                workingDirectory,
                [standardOutput.Write, standardError.Write, .. listeners.All.Select(listener => listener.Descriptor)]));
        }
        catch
        {
            standardOutput.CloseRead();
            standardError.CloseRead();
            throw;
        }
        finally
        {
            standardOutput.CloseWrite();
            standardError.CloseWrite();
        }

        output.Add(standardOutput.Read, worker.Slot, OutputRelay.StandardOutput);
        output.Add(standardError.Read, worker.Slot, OutputRelay.StandardError, LastErrors);
    }

    public void Dispose() => _ear?.Dispose();

    NotifyReceiver? Hear(PoolFolder? folder, Action<Notification> said) =>
        folder is null && !OperatingSystem.IsLinux() ? null : new NotifyReceiver(folder is { IsThere: true } ? folder.NotifySocket(worker.Id) : null, said);
}
