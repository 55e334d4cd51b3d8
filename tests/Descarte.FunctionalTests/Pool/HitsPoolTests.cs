using System.Net;
using System.Net.Sockets;
using Descarte.Conformance.Client;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;
using Descarte.Harness.Stops;

namespace Descarte.FunctionalTests.Pool;

/// <summary>Hits as a person starts it: a supervisor with two workers.</summary>
public class HitsPoolTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact(Timeout = 120_000)]
    public async Task It_counts_from_two_processes_and_leaves_on_one_signal()
    {
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Workers = 2 });
        await ReadyAsync(hits, 2);
        var numbers = new HashSet<long>();
        for (var hit = 0; hit < 50; hit++)
        {
            await using var connection = await Raw.OpenAsync(Target.Loopback(hits.Port));
            await connection.SayAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            await connection.HearsLastAsync();
            numbers.Add(HitsProcess.Number(connection.Response.BodyText));
        }

        Assert.Equal(Enumerable.Range(1, 50).Select(number => (long)number), numbers.Order());
        hits.Process.Send(Signal.Interrupt);
        Assert.Equal(0, await hits.Process.WaitForExitAsync(Limit));
    }

    [Fact(Timeout = 120_000)]
    public async Task SIGHUP_replaces_both_workers()
    {
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Workers = 2 });
        await ReadyAsync(hits, 2);
        hits.Process.Send(Signal.Hangup);
        await SaysAsync(hits, "rolling restart: done");
        Assert.StartsWith("Hello World!", await hits.Client.GetStringAsync("/", TestContext.Current.CancellationToken));
        await ReadyAsync(hits, 4);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_https_address_is_served_by_the_workers_with_the_default_certificate()
    {
        using var certificate = new TestCertificate();
        var port = FreePort.Next();
        await using var hits = await HitsProcess.StartAsync(new HitsStart
        {
            Workers = 2,
            Port = port,
            Environment = new Dictionary<string, string?>
            {
                ["ASPNETCORE_URLS"] = $"https://127.0.0.1:{port}",
                ["Kestrel__Certificates__Default__Path"] = certificate.CertificatePath,
                ["Kestrel__Certificates__Default__KeyPath"] = certificate.KeyPath,
            },
        });
        await ReadyAsync(hits, 2);
        await using var connection = await Raw.OpenAsync(Target.Loopback(port) with { Tls = true, Insecure = true });
        await connection.SayAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        await connection.HearsLastAsync("Hello World! 1 times.");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("PORT_REDIS", "abc", "PORT_REDIS: 'abc' is not a port (1 to 65535)")]
    [InlineData("WEB_CONCURRENCY", "many", "WEB_CONCURRENCY: 'many' is not a number of workers (0 to 1024, or auto)")]
    public async Task A_bad_setting_is_told_once_before_there_is_any_worker(string name, string value, string line)
    {
        await using var hits = HitsProcess.Launch(new HitsStart { Workers = 2, Environment = new Dictionary<string, string?> { [name] = value, ["HOST_REDIS"] = "localhost" } });
        Assert.Equal(78, await hits.Process.WaitForExitAsync(Limit));
        Assert.Equal([line], hits.Process.Error.Lines);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_port_that_is_taken_is_told_once_with_who_named_it_and_who_has_it()
    {
        using var owner = new TcpListener(IPAddress.Loopback, 0);
        owner.Start();
        var port = ((IPEndPoint)owner.LocalEndpoint).Port;
        await using var hits = HitsProcess.Launch(new HitsStart { Workers = 2, Port = port });
        Assert.Equal(78, await hits.Process.WaitForExitAsync(Limit));
        Assert.StartsWith(
            $"ASPNETCORE_URLS: http://127.0.0.1:{port}: the port is taken by pid {Environment.ProcessId} (", Assert.Single(hits.Process.Error.Lines));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_store_that_cannot_be_opened_is_told_by_the_first_worker_alone()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["hits.db"], new string('x', 8192), TestContext.Current.CancellationToken);
        await using var hits = HitsProcess.Launch(new HitsStart { Workers = 2, Database = folder["hits.db"] });
        Assert.Equal(78, await hits.Process.WaitForExitAsync(Limit));
        Assert.Single(hits.Process.Error.Lines, line => line.Contains("hits.db", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Endpoints_that_only_Kestrel_knows_are_served_by_one_process()
    {
        var port = FreePort.Next();
        await using var hits = await HitsProcess.StartAsync(new HitsStart
        {
            Workers = 2,
            Port = port,
            Environment = new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = null, ["Kestrel__Endpoints__one__Url"] = $"http://127.0.0.1:{port}" },
        });
        Assert.Equal(1, await hits.HitAsync());
        Assert.DoesNotContain("pool:", hits.Process.Error.ToString());
    }

    static async Task ReadyAsync(HitsProcess hits, int times)
    {
        var limit = System.Diagnostics.Stopwatch.StartNew();
        while (hits.Process.Error.Lines.Count(line => line.Contains("ready after", StringComparison.Ordinal)) < times)
        {
            Assert.True(limit.Elapsed < Limit, $"{hits.Process.Error}");
            await Task.Delay(10);
        }
    }

    static Task<string> SaysAsync(HitsProcess hits, string text) =>
        hits.Process.Error.WaitForLineAsync(text, new CancellationTokenSource(Limit).Token);
}
