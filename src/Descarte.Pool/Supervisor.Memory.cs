using Descarte.Pool.Processes;

namespace Descarte.Pool;

partial class Supervisor
{
    static readonly TimeSpan SamplePeriod = TimeSpan.FromSeconds(1);

    TimeSpan _lastSample;

    /// <summary>Memory is looked at only where there is a limit to it: no event tells that it has grown.</summary>
    TimeSpan NextSample => _plan.Rules.MaxMemory is null ? TimeSpan.MaxValue : _lastSample + SamplePeriod;

    void SampleMemory()
    {
        if (Now < NextSample)
        {
            return;
        }

        _lastSample = Now;
        var usage = ProcessTable.UsageByGroup();
        foreach (var worker in _machine.All)
        {
            worker.Memory = usage.GetValueOrDefault(worker.ProcessId).ResidentBytes;
        }
    }
}
