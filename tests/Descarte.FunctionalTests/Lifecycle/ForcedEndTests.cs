using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>A second signal is a person who has waited for long enough; the same one delivered twice is not.</summary>
public class ForcedEndTests
{
    static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(3);

    [Theory(Timeout = 60_000)]
    [InlineData(Signal.Interrupt, Signal.Interrupt, 400)]
    [InlineData(Signal.Terminate, Signal.Interrupt, 0)]
    [InlineData(Signal.Terminate, Signal.Quit, 0)]
    public async Task A_second_signal_ends_the_process_at_once_and_names_what_it_cut(Signal first, Signal second, int pauseMs)
    {
        await using var server = await RunningServer.StartAsync(("Descarte__GracePeriod", "00:01:00"));
        await using var uploading = await Raw.OpenUploadingAsync(server.Target);
        await server.Process.Output.WaitForLineAsync("Executing endpoint 'HTTP: POST /upload'", Raw.Limit);
        server.Process.Send(first);
        await server.Process.Output.WaitForLineAsync(": stopping with 1 ", Raw.Limit);
        await Task.Delay(pauseMs, Raw.Limit);

        await Stop.Tell(server, second).EndsAsync(AtOnce, 143);
        Assert.Single(server.Process.Output.Lines, line => line.Contains(", cut 1: POST /upload (", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_same_signal_delivered_twice_is_one()
    {
        await using var server = await RunningServer.StartAsync();
        await using var uploading = await Raw.OpenUploadingAsync(server.Target);
        await server.Process.Output.WaitForLineAsync("Executing endpoint 'HTTP: POST /upload'", Raw.Limit);
        var stop = Stop.Tell(server);
        server.Terminate();

        await server.RefusesAsync();
        await uploading.FinishAsync();
        await stop.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task In_lame_duck_too()
    {
        await using var server = await RunningServer.StartAsync(("Descarte__GracePeriod", "00:01:00"), ("Descarte__LameDuck", "00:00:50"));
        server.Terminate();
        await server.Process.Output.WaitForLineAsync(": stopping with ", Raw.Limit);
        await Stop.Tell(server, Signal.Interrupt).EndsAsync(AtOnce, 143);
    }
}
