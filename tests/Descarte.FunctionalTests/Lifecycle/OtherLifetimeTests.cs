using Descarte.Conformance.Load;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>Another lifetime was added after the drain: the promises are the same, but for the lame duck time, of which it is said.</summary>
public class OtherLifetimeTests
{
    const string Behaviour = "other-lifetime";

    [Fact(Timeout = 60_000)]
    public async Task Nothing_is_lost_and_the_report_comes_once()
    {
        await using var server = await RunningServer.StartAsync(Behaviour, "IPv4");
        await using var load = LoadGenerator.Start(new LoadOptions { Target = server.Target, Clients = 16 });
        await load.AnsweredAsync(100, Raw.Limit);
        await Stop.Tell(server).EndsCleanAsync();
        Assert.Empty((await load.StopAsync()).Lost);
        Assert.Single(server.Process.Output.Lines, line => line.Contains(": stopped after ", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_hangs_is_cut_in_time_and_named()
    {
        await using var server = await RunningServer.StartAsync(Behaviour, "IPv4", ("Descarte__GracePeriod", "00:00:06"));
        await using var hanging = await Raw.OpenAsync(server.Target);
        await hanging.SayAsync("GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await server.Process.Output.WaitForLineAsync("/hang", Raw.Limit);
        await Stop.Tell(server).EndsAsync(TimeSpan.FromSeconds(7), 143);
        Assert.Single(server.Process.Output.Lines, line => line.Contains(", cut 1: GET /hang (", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using var server = await RunningServer.StartAsync(Behaviour, "IPv4", ("Descarte__GracePeriod", "00:01:00"));
        await using var uploading = await Raw.OpenUploadingAsync(server.Target);
        await server.Process.Output.WaitForLineAsync("Executing endpoint 'HTTP: POST /upload'", Raw.Limit);
        server.Terminate();
        await server.Process.Output.WaitForLineAsync(": stopping with 1 ", Raw.Limit);
        await Stop.Tell(server, Signal.Interrupt).EndsAsync(Stop.Soon, 143);
    }

    [Fact(Timeout = 60_000)]
    public async Task That_there_is_no_lame_duck_time_is_said()
    {
        await using var server = await RunningServer.StartAsync(Behaviour, "IPv4", ("Descarte__LameDuck", "00:00:01"));
        await server.Process.Output.WaitForLineAsync("ConsoleLifetime was added after AddGracefulDrain", Raw.Limit);
    }
}
