using Descarte.Conformance.Client;
using Descarte.ContainerTests.Docker;
using Descarte.Harness;

namespace Descarte.ContainerTests;

/// <summary>State lives in Redis alone: the service goes from one Docker host to another, and its count goes on.</summary>
[Collection(DockerCollection.Name)]
public sealed class TwoHostsTests(Images images)
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    readonly int _port = FreePort.Next();

    [Fact(Timeout = 180_000)]
    public async Task The_count_moves_with_the_service_and_a_host_that_dies_takes_no_answered_hit_with_it()
    {
        await using var second = await DockerHost.StartAsync();
        await images.CopyToAsync(second, "hits", "redis:8");
        await second.DockerAsync("run", "--detach", "--publish", "6379:6379", "redis:8", "redis-server", "--appendonly", "yes", "--appendfsync", "always");
        var redis = await images.Host.ConnectAsync(second);

        var here = await StartAsync(images.Host, redis);
        try
        {
            Assert.Equal(1, await NumberAsync(images.Host));
            await images.Host.DockerAsync("stop", here);
            Assert.Equal(0, await images.Host.ExitCodeAsync(here));

            var there = await StartAsync(second, redis);
            Assert.Equal(2, await NumberAsync(second));
            await second.DockerAsync("stop", there);

            await images.Host.DockerAsync("start", here);
            Assert.Equal(3, await NumberAsync(images.Host));
            await using var load = await Load.StartAsync(images.Host.Target(_port));
            await images.Host.KillContainersAsync();
            var seen = await load.StopAsync();
            Assert.Equal(137, await images.Host.ExitCodeAsync(here));
            Assert.True(seen.Lost.Count <= Load.Clients, $"{seen}");

            await second.DockerAsync("start", there);
            Judging.CountIsExact(seen, await NumberAsync(second) - 1, beside: 3);
        }
        finally
        {
            await images.Host.DockerAsync("rm", "--force", here);
        }
    }

    Task<string> StartAsync(DockerHost host, string redis) =>
        host.DockerAsync("run", "--detach", "--publish", $"{_port}:5000", "--env", $"HOST_REDIS={redis}", "hits");

    Task<long> NumberAsync(DockerHost host) => Asking.FirstNumberAsync(host.Target(_port), Limit);
}
