using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>Any of the signals, at any moment.</summary>
public class SignalTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(Signal.Interrupt, "SIGINT")]
    [InlineData(Signal.Quit, "SIGQUIT")]
    public async Task The_other_signals_drain_as_well(Signal signal, string name)
    {
        await using var server = await RunningServer.StartAsync();
        await using var slow = await Raw.OpenKeptAsync(server.Target);
        await slow.SayAsync("GET /slow?ms=500 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var stop = Stop.Tell(server, signal);

        await slow.HearsLastAsync("done");
        await stop.EndsCleanAsync();
        Assert.Contains(server.Process.Output.Lines, line => line.Contains($"{name}: stopped after ", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_second_signal_ends_the_process_at_once()
    {
        await using var server = await RunningServer.StartAsync();
        await using var hanging = await Raw.OpenKeptAsync(server.Target);
        await hanging.SayAsync("GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n");
        server.Terminate();
        await server.Process.Output.WaitForLineAsync("SIGTERM: stopping with ", Raw.Limit);

        // Within 250 ms it would be the same signal, delivered twice.
        await Task.Delay(300, Raw.Limit);
        await Stop.Tell(server).EndsAsync(TimeSpan.FromSeconds(3), 143);
    }

    public static TheoryData<int> Moments
    {
        get
        {
            var random = new Random(51613);
            return [0, .. Enumerable.Range(1, 8).Select(_ => random.Next(1, 801))];
        }
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Moments))]
    public async Task A_signal_during_the_start_ends_it_without_an_exception(int afterMs)
    {
        await using var server = TestServerProcess.Launch("slow-start", FreePort.Next(), new Dictionary<string, string?>());
        await Task.Delay(afterMs, Raw.Limit);

        // 128 + 15 is the system's own answer, before the runtime has put its handler in place.
        await Stop.Tell(server.Process).EndsAsync(Stop.Soon, 0, 143);
        Assert.DoesNotContain(server.Process.Output.Lines.Concat(server.Process.Error.Lines), line => line.StartsWith("   at ", StringComparison.Ordinal));
    }
}
