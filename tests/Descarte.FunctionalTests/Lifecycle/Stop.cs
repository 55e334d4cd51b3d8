using System.Diagnostics;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>A process that was told to stop, and how long ago.</summary>
sealed class Stop
{
    /// <summary>Half of the default grace period: who ends in that time was not ended by the deadline.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    static readonly TimeSpan Hanging = TimeSpan.FromSeconds(40);

    readonly ChildProcess _process;
    readonly long _toldAt = Stopwatch.GetTimestamp();

    Stop(ChildProcess process) => _process = process;

    public static Stop Tell(ChildProcess process, Signal signal = Signal.Terminate)
    {
        var stop = new Stop(process);
        process.Send(signal);
        return stop;
    }

    public static Stop Tell(RunningServer server, Signal signal = Signal.Terminate) => Tell(server.Process, signal);

    /// <summary>Clean, soon, and without a word of failure in the log.</summary>
    public async Task EndsCleanAsync()
    {
        await EndsAsync(Soon, 0);

        // Whoever asked for readiness meanwhile was told that it fails, and so was the log.
        Assert.DoesNotContain(
            _process.Output.Lines, line => line.Contains("fail:", StringComparison.Ordinal) && !line.Contains("HealthChecks", StringComparison.Ordinal));
        Assert.Contains(_process.Output.Lines, line => line.Contains(", cut 0; ", StringComparison.Ordinal));
    }

    /// <summary>By itself, in time, with one of these codes, and by no exception that nobody caught.</summary>
    public async Task EndsAsync(TimeSpan within, params int[] codes)
    {
        var code = await _process.WaitForExitAsync(Hanging);
        var took = Stopwatch.GetElapsedTime(_toldAt);
        var written = $"{_process.Output}\n{_process.Error}";
        Assert.True(codes.Contains(code), $"Exit code {code} after {took}:\n{written}");
        Assert.True(took < within, $"Ended only after {took}:\n{written}");
        Assert.DoesNotContain("Unhandled exception", written, StringComparison.Ordinal);
    }
}
