using Descarte.Conformance.Client;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Drain;

/// <summary>Who comes after the signal is refused, and knows it at once.</summary>
public class DoorTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("IPv4")]
    [InlineData("IPv6")]
    [InlineData("dual-stack")]
    [InlineData("Unix")]
    [InlineData("several")]
    public async Task A_new_connection_is_refused_while_requests_are_still_under_way(string addresses)
    {
        await using var server = await RunningServer.StartAsync("well-behaved", addresses);
        var uploading = new List<Http1Connection>();
        foreach (var target in server.Targets)
        {
            uploading.Add(await Raw.OpenUploadingAsync(target));
        }

        server.Terminate();
        await server.RefusesAsync();
        Assert.False(server.Process.HasExited);
        foreach (var connection in uploading)
        {
            await connection.FinishAsync();
            await connection.DisposeAsync();
        }

        await server.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_successor_binds_the_name_of_a_Unix_socket_while_the_first_still_drains_and_keeps_it()
    {
        using var folder = new TempFolder();
        var socket = folder["socket"];
        await using var first = await RunningServer.StartOnAsync(socket, ("Descarte__GracePeriod", "00:00:30"));
        await using var uploading = await Raw.OpenUploadingAsync(first.Target);
        first.Terminate();
        await first.RefusesAsync();
        Assert.False(File.Exists(socket), "The name outlived the door");

        await using var second = await RunningServer.StartOnAsync(socket);
        Assert.False(first.Process.HasExited);
        await uploading.FinishAsync();
        await first.EndsCleanAsync();
        Assert.Equal((200, false), await Raw.GetAsync(second.Target, "/readyz"));

        second.Terminate();
        await second.EndsCleanAsync();
        Assert.False(File.Exists(socket), "The name outlived its process");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_successor_that_has_taken_the_name_while_the_first_still_serves_keeps_it()
    {
        using var folder = new TempFolder();
        await using var first = await RunningServer.StartOnAsync(folder["socket"]);
        await using var second = await RunningServer.StartOnAsync(folder["next"]);
        File.Move(folder["next"], folder["socket"], overwrite: true);

        first.Terminate();
        await first.EndsCleanAsync();
        Assert.Equal((200, false), await Raw.GetAsync(first.Target, "/readyz"));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_name_that_a_killed_process_left_behind_does_not_stop_the_next_start()
    {
        using var folder = new TempFolder();
        var socket = folder["socket"];
        await using (var killed = await RunningServer.StartOnAsync(socket))
        {
            killed.Process.Kill();
            await killed.Process.WaitForExitAsync(TimeSpan.FromSeconds(10));
        }

        Assert.True(File.Exists(socket));
        await using var next = await RunningServer.StartOnAsync(socket);
        Assert.Equal((200, false), await Raw.GetAsync(next.Target, "/readyz"));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_endpoint_that_has_left_the_configuration_does_not_hinder_the_drain_of_the_others()
    {
        using var folder = new TempFolder();
        var (stays, leaves) = (FreePort.Next(), FreePort.Next());
        await ListenOnAsync(folder, stays, leaves);
        await using var server = await TestServerProcess.StartAsync("well-behaved", stays, new Dictionary<string, string?>
        {
            ["ASPNETCORE_CONTENTROOT"] = folder.FullName,
            ["ASPNETCORE_URLS"] = null,
        });
        await Raw.ServesAsync(Target.Loopback(leaves), server.Process);
        await ListenOnAsync(folder, stays);
        await Raw.RefusedAsync(Target.Loopback(leaves));

        await using var stream = await Raw.OpenAsync(server.Target);
        await stream.SayAsync($"GET /events/raw HTTP/1.1\r\nHost: {server.Target.Authority}\r\n\r\n");
        server.Process.Send(Signal.Terminate);
        await stream.HearsLastAsync();
        Assert.Equal(0, await server.Process.WaitForExitAsync(TimeSpan.FromSeconds(30)));
    }

    // Put in place in one step: whoever follows the file never sees half of it.
    static async Task ListenOnAsync(TempFolder folder, params int[] ports)
    {
        var endpoints = ports.Select(port => $$"""
            "{{port}}": { "Url": "http://127.0.0.1:{{port}}" }
            """);
        await File.WriteAllTextAsync(folder["next.json"], $$"""
            { "Kestrel": { "Endpoints": { {{string.Join(", ", endpoints)}} } } }
            """);
        File.Move(folder["next.json"], folder["appsettings.json"], overwrite: true);
    }
}
