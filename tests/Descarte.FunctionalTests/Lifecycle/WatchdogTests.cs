using System.Globalization;
using Descarte.Conformance.Client;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>READY=1 and WATCHDOG=1 are said by who is meant, and only when they are true.</summary>
public class WatchdogTests
{
    static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(20);

    [Fact(Timeout = 60_000)]
    public async Task Ready_is_said_only_when_the_port_accepts()
    {
        using var manager = new ServiceManagerSocket(isAbstract: true);
        var port = FreePort.Next();
        await using var server = TestServerProcess.Launch("slow-start", port, Environment(manager, ("start", "2000")));
        await server.Process.Output.WaitForLineAsync("warming", Raw.Limit);
        var (early, failure) = await Http1Connection.OpenAsync(Target.Loopback(port), ConnectLimit, Raw.Limit);
        Assert.Equal((null, Outcome.Refused), (early, failure));
        Assert.True(manager.IsSilent, "Something was said before the process served");

        Assert.Equal("READY=1", await manager.HearsNewsAsync());
        var (status, _) = await Raw.GetAsync(Target.Loopback(port), "/");
        Assert.Equal(200, status);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_watchdog_of_another_process_is_left_alone()
    {
        using var manager = new ServiceManagerSocket();
        var other = System.Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        await using var server = TestServerProcess.Launch("well-behaved", FreePort.Next(), Environment(manager, ("WATCHDOG_USEC", "20000"), ("WATCHDOG_PID", other)));
        Assert.Equal("READY=1", (await manager.HearsAsync()).Split('\n')[0]);

        // A watchdog that is not left alone would be fed a hundred times in this time.
        await Task.Delay(1000, Raw.Limit);
        Assert.True(manager.IsSilent, "Somebody else's watchdog was fed");
        await Stop.Tell(server.Process).EndsCleanAsync();
        Assert.Equal("STOPPING=1", (await manager.HearsAsync()).Split('\n')[0]);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_heart_stands_still_while_the_accept_loop_does()
    {
        using var manager = new ServiceManagerSocket();
        using var folder = new TempFolder();
        var port = FreePort.Next();
        await using var server = TestServerProcess.Launch("stuck-accept", port, Environment(manager, ("WATCHDOG_USEC", "200000"), ("stuck", folder["stuck"])));
        Assert.Equal("READY=1", await manager.HearsNewsAsync());

        // With the first beat the loop waits for somebody.
        Assert.Equal("WATCHDOG=1", await manager.HearsAsync());
        await File.WriteAllTextAsync(folder["stuck"], "", Raw.Limit);

        // The one that the loop waits for already is let in; the next stays in the queue.
        await using var last = await Raw.OpenAsync(Target.Loopback(port));
        Assert.Equal(Outcome.Answered, await last.SendAsync(Request.Get(), Raw.Limit));
        await using var queued = await Raw.OpenAsync(Target.Loopback(port));
        await queued.SayAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await StandsStillAsync(manager);

        File.Delete(folder["stuck"]);
        Assert.Equal(Outcome.Answered, await queued.ReceiveAsync(cancellation: Raw.Limit));
        Assert.Equal("WATCHDOG=1", await manager.HearsAsync());
        await Stop.Tell(server.Process).EndsCleanAsync();
    }

    /// <summary>A second, five times what the watchdog would wait, without a beat. Those under way are heard first.</summary>
    static async Task StandsStillAsync(ServiceManagerSocket manager)
    {
        while (true)
        {
            await Task.Delay(1000, Raw.Limit);
            if (manager.IsSilent)
            {
                return;
            }

            while (!manager.IsSilent)
            {
                await manager.HearsAsync();
            }
        }
    }

    static Dictionary<string, string?> Environment(ServiceManagerSocket manager, params (string Name, string Value)[] variables)
    {
        var environment = variables.ToDictionary(variable => variable.Name, variable => (string?)variable.Value);
        environment["NOTIFY_SOCKET"] = manager.Path;
        return environment;
    }
}
