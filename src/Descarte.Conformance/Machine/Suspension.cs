using System.Diagnostics;

namespace Descarte.Conformance.Machine;

/// <summary>Processes that rest until they are told to go on.</summary>
static class Suspension
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>A signal is taken by one thread after the other: waits until the last one rests.</summary>
    public static async Task BeginAsync(List<int> ids, CancellationToken cancellation)
    {
        ids.ForEach(id => Native.Send(id, Signal.Stop));
        for (var limit = Stopwatch.StartNew(); !ids.TrueForAll(ProcessTable.IsStopped) && limit.Elapsed < Limit;)
        {
            await Task.Delay(1, cancellation);
        }
    }
}
