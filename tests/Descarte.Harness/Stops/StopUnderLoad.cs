using System.Diagnostics;
using Descarte.Conformance.Client;
using Descarte.Conformance.Load;

namespace Descarte.Harness.Stops;

/// <summary>What one stop was for its clients.</summary>
/// <param name="Load">All that they saw.</param>
/// <param name="ExitCode">Of the process.</param>
/// <param name="SignalledAt">As a timestamp of <see cref="Stopwatch"/>.</param>
/// <param name="Time">From the signal to the end of the process.</param>
public sealed record StopResult(LoadResult Load, int ExitCode, long SignalledAt, TimeSpan Time)
{
    /// <summary>Linux counts the time since the last byte in ticks of 10 ms at most (CONFIG_HZ).</summary>
    static readonly TimeSpan ClockOfTheKernel = TimeSpan.FromMilliseconds(10);

    /// <summary>No client noticed: nothing lost, nothing reset, no 503, and exit code 0.</summary>
    public bool IsClean => Load.Lost.Count == 0 && IsCleanOtherwise;

    /// <summary>
    /// All that a client noticed is that one request on a kept connection met its end of stream, after the signal and the linger: the server was closing it as an
    /// idle one, and HTTP/1.1 has no answer to that (docs/drain.md).
    /// </summary>
    /// <param name="linger">How long the server keeps an idle connection.</param>
    public bool IsCleanButForOneCrossing(TimeSpan linger) => IsCleanOtherwise
        && Load.Lost is [{ Reused: true, Outcome: Outcome.EndOfStream } lost]
        && Stopwatch.GetElapsedTime(SignalledAt, lost.WrittenAt) > linger - ClockOfTheKernel;

    bool IsCleanOtherwise => Load.Count(Outcome.AnsweredThenReset) == 0 && Load.Count(Outcome.Unavailable) == 0 && ExitCode == 0;

    public override string ToString() => $"{Load}, exit code {ExitCode} after {Time.TotalMilliseconds:0} ms";
}

/// <summary>Loads a running server, stops it in the middle, and keeps what every client saw.</summary>
public static class StopUnderLoad
{
    static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(60);

    /// <param name="process">The server; it listens already.</param>
    /// <param name="load">The clients.</param>
    /// <param name="signal">How it is stopped.</param>
    /// <param name="longest">How long it may take; then it is killed, and the exit code is 137.</param>
    public static async Task<StopResult> RunAsync(ChildProcess process, LoadOptions load, Signal signal, TimeSpan longest)
    {
        var random = new Random(load.Seed);
        await using var generator = LoadGenerator.Start(load);
        await Task.WhenAny(generator.AnsweredAsync(load.Clients), generator.Completion, Task.Delay(LoadLimit));
        if (!generator.AnsweredAsync(load.Clients).IsCompleted)
        {
            throw new TimeoutException($"The load is not on: {await generator.StopAsync()}. The server wrote:\n{process.Output}\n{process.Error}");
        }

        // The signal falls anywhere in the service: no moment is like another to a server under load.
        await Task.Delay(random.Next(10, 100));
        var signalledAt = Stopwatch.GetTimestamp();
        process.Send(signal);
        int exitCode;
        try
        {
            exitCode = await process.WaitForExitAsync(longest);
        }
        catch (TimeoutException)
        {
            process.Kill();
            exitCode = await process.WaitForExitAsync(longest);
        }

        var time = Stopwatch.GetElapsedTime(signalledAt);
        return new StopResult(await generator.StopAsync(), exitCode, signalledAt, time);
    }
}
