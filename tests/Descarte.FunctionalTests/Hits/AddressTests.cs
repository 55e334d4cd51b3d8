using Descarte.Conformance.Client;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Hits;

/// <summary>Where Hits listens, and whether its own health probe finds it there.</summary>
public sealed class AddressTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    [Theory(Timeout = 60_000)]
    [InlineData("ASPNETCORE_URLS")]
    [InlineData("PORT")]
    [InlineData("--urls")]
    public async Task Each_of_the_three_chooses_the_address(string setting)
    {
        var start = new HitsStart();
        var url = $"http://127.0.0.1:{start.Port}";
        var environment = new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = null, ["ASPNETCORE_HTTP_PORTS"] = "8080" };
        if (setting != "--urls")
        {
            environment[setting] = setting == "PORT" ? $"{start.Port}" : url;
        }

        await using var hits = await HitsProcess.StartAsync(start with { Environment = environment, Arguments = setting == "--urls" ? ["--urls", url] : [] });
        Assert.Equal(200, (await hits.AskAsync("/livez")).Status);
        Assert.DoesNotContain("8080", hits.Process.Output.ToString());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(Flavor.Ordinary)]
    [InlineData(Flavor.Aot)]
    public async Task A_unix_socket_serves_and_is_probed(Flavor flavor)
    {
        using var folder = new TempFolder();
        var url = $"http://unix:{folder["hits.sock"]}";
        var start = new HitsStart { Flavor = flavor, Environment = new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = url } };
        Assert.Equal((1, $"{url}: "), await ProbeAsync(start, url));
        await using (var hits = HitsProcess.Launch(start))
        {
            await hits.Process.Output.WaitForLineAsync("Now listening on", TestContext.Current.CancellationToken);
            Assert.Equal("Hello World! 1 times.", (await Asking.AskAsync(Target.Unix(folder["hits.sock"]), "/")).Body);
            // It answers a moment before its host has started, which the probe waits for.
            while (await ProbeAsync(start, url) != (0, ""))
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            hits.Process.Kill();
            await hits.Process.WaitForExitAsync(Limit);
        }

        // The name that a killed process left behind does not keep the next from starting.
        await using var next = HitsProcess.Launch(start);
        await next.Process.Output.WaitForLineAsync("Now listening on", TestContext.Current.CancellationToken);
        Assert.Equal(200, (await Asking.AskAsync(Target.Unix(folder["hits.sock"]), "/")).Status);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(Flavor.Ordinary)]
    [InlineData(Flavor.Aot)]
    public async Task The_probe_says_whether_it_is_ready(Flavor flavor)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Flavor = flavor, Redis = redis });
        await hits.UntilReadyAsync();
        var start = new HitsStart { Flavor = flavor, Port = hits.Port, Redis = redis };
        var url = $"http://127.0.0.1:{hits.Port}/readyz";
        Assert.Equal((0, ""), await ProbeAsync(start, url));
        await redis.StopAsync(Signal.Kill);
        Assert.Equal((1, $"{url}: "), await ProbeAsync(start, url));
        await hits.DisposeAsync();
        Assert.Equal((1, $"{url}: "), await ProbeAsync(start, url));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_store_is_said_in_one_line_at_start()
    {
        using var folder = new TempFolder();
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Database = folder["hits.db"] });
        await hits.Process.Output.WaitForLineAsync("Now listening on", TestContext.Current.CancellationToken);
        Assert.EndsWith(
            $"Counting in SQLite file {folder["hits.db"]}",
            Assert.Single(hits.Process.Output.Lines, line => line.Contains("Counting in", StringComparison.Ordinal)));
        Assert.Equal([folder["hits.db"]], Directory.GetFiles(folder.FullName, "*.db"));
    }

    /// <returns>The exit code, and what stands on standard error up to the reason; empty when nothing does.</returns>
    static async Task<(int Code, string Line)> ProbeAsync(HitsStart start, string url)
    {
        await using var probe = HitsProcess.Launch(start with { Arguments = ["--health"] });
        var code = await probe.Process.WaitForExitAsync(Limit);
        Assert.Empty(probe.Process.Output.Lines);
        var lines = probe.Process.Error.Lines;
        Assert.InRange(lines.Count, 0, 1);
        return (code, lines.Count == 0 ? "" : lines[0][..Math.Min(lines[0].Length, url.Length + 2)]);
    }
}
