using Descarte.Conformance.Client;
using Descarte.ContainerTests.Docker;

namespace Descarte.ContainerTests;

/// <summary>Redis goes and comes back under load: that while is 503, and nothing else.</summary>
[Collection(DockerCollection.Name)]
public sealed class RedisRestartTests(Images images)
{
    [Theory(Timeout = 180_000)]
    [InlineData("restart", "redis")]
    [InlineData("kill", "-s", "KILL", "redis")]
    public async Task Clients_see_503_for_that_while_and_the_count_stays_exact(params string[] harm)
    {
        await using var project = await ComposeProject.UpAsync(images.Host, "deploy/compose");
        Assert.Equal(1, await project.FirstNumberAsync());
        var hits = await project.ContainerAsync("hits");
        var started = await images.Host.StartedAtAsync(hits);
        await using var load = await Load.StartAsync(project.Target);
        await project.RunAsync(harm);
        await project.RunAsync("start", "redis");
        await project.FirstNumberAsync();
        await load.GoOnAsync();
        var seen = await load.StopAsync();
        Assert.True(seen.Count(Outcome.Unavailable) > 0, seen.ToString());
        Assert.All(Judging.Noticed(seen), exchange => Assert.True(exchange.Status == 503, Judging.Line(exchange)));
        Assert.Equal(started, await images.Host.StartedAtAsync(hits));
        Judging.CountIsExact(seen, await project.FirstNumberAsync() - 1, beside: 2);
    }
}
