using Descarte.Conformance.Client;
using Descarte.Conformance.Load;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;
using ProcessTable = Descarte.Conformance.Machine.ProcessTable;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>A signal before the process serves.</summary>
public class StartTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_start_that_is_slow_is_left_at_once()
    {
        await using var server = Launch("slow-start", ("start", "60000"));
        await server.Process.Output.WaitForLineAsync("warming", Raw.Limit);
        await Stop.Tell(server.Process).EndsAsync(Stop.Soon, 0);
        Assert.Equal("", server.Process.Error.ToString());
    }

    /// <summary>The kernel drops a signal that such a process has no handler for.</summary>
    [Theory(Timeout = 60_000)]
    [InlineData("build", "building", 143)]
    [InlineData("start", "warming", 0)]
    [InlineData("behind", "behind the host", 143)]
    public async Task As_process_1_it_is_left_at_once_too(string slow, string line, int code)
    {
        var asProcess1 = await Need.PidNamespaceAsync();
        await using var server = TestServerProcess.Launch("slow-start", FreePort.Next(), new Dictionary<string, string?> { [slow] = "60000" }, asProcess1);
        await server.Process.Output.WaitForLineAsync(line, Raw.Limit);
        Signals.Send(Assert.Single(ProcessTable.Read(), row => row.Parent == server.Process.Id).Id, Signal.Terminate);
        Assert.Equal(code, await server.Process.WaitForExitAsync(Stop.Soon));
        Assert.Equal("", server.Process.Error.ToString());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("60000", "500")]
    [InlineData("500", "1500")]
    public async Task Work_that_a_start_has_begun_is_finished(string startMs, string workMs)
    {
        await using var server = Launch("early-work", ("start", startMs), ("work", workMs), ("heed", "true"));
        await server.Process.Output.WaitForLineAsync("recovery begun", Raw.Limit);
        await Stop.Tell(server.Process).EndsCleanAsync();
        Assert.Contains("recovery done", server.Process.Output.Lines);
        Assert.Equal("", server.Process.Error.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Work_that_a_start_has_begun_is_cut_in_time_and_named()
    {
        await using var server = Launch("early-work", ("start", "60000"), ("work", "60000"), ("Descarte__GracePeriod", "00:00:06"));
        await server.Process.Output.WaitForLineAsync("recovery begun", Raw.Limit);
        await Stop.Tell(server.Process).EndsAsync(TimeSpan.FromSeconds(7), 143);
        Assert.Single(server.Process.Output.Lines, line => line.Contains(", cut 1: recovery (", StringComparison.Ordinal));
    }

    /// <summary>Clients can come as soon as the socket is bound, and the host has not started before the last service says so.</summary>
    [Fact(Timeout = 60_000)]
    public async Task A_server_that_serves_before_the_host_has_started_loses_nothing_either()
    {
        var port = FreePort.Next();
        var target = Target.Loopback(port);
        await using var server = Launch(port, "slow-start", ("start", "0"), ("settle", "60000"));
        await server.Process.Output.WaitForLineAsync("settling", Raw.Limit);
        await using var silent = await Raw.OpenAsync(target);
        await using var half = await Raw.OpenAsync(target);
        await half.SayAsync("GET / HTTP/1.1\r\nHo");
        await using var load = LoadGenerator.Start(new LoadOptions { Target = target, Clients = 16 });
        await load.AnsweredAsync(100, Raw.Limit);
        var stop = Stop.Tell(server.Process);
        await Raw.RefusedAsync(target);
        await half.SayAsync("st: localhost\r\n\r\n");
        await half.HearsLastAsync("Hello World!");
        await silent.HearsEndAsync();
        await stop.EndsCleanAsync();
        Assert.Empty((await load.StopAsync()).Lost);
    }

    static TestServerProcess Launch(string behaviour, params (string Name, string Value)[] environment) => Launch(FreePort.Next(), behaviour, environment);

    static TestServerProcess Launch(int port, string behaviour, params (string Name, string Value)[] environment) =>
        TestServerProcess.Launch(behaviour, port, environment.ToDictionary(variable => variable.Name, variable => (string?)variable.Value));
}
