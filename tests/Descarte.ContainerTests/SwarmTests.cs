using Descarte.ContainerTests.Docker;
using Descarte.Harness;

namespace Descarte.ContainerTests;

/// <summary>deploy/swarm as it is, on one node, updated under load.</summary>
[Collection(DockerCollection.Name)]
public sealed class SwarmTests(Images images)
{
    const int Replicas = 3;

    static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact(Timeout = 300_000)]
    public async Task Updates_and_a_rollback_lose_nothing()
    {
        await DeriveAsync("hits:next", "LABEL next=true");
        await DeriveAsync("hits:broken", "ENV PORT_REDIS=abc");
        await using var stack = await SwarmStack.DeployAsync(images.Host, "deploy/swarm/stack.yml");
        await stack.RunningAsync("hits", Replicas);
        Assert.Equal(1, await Asking.FirstNumberAsync(stack.Target, Limit));
        await using var load = await Load.StartAsync(stack.Target);

        Assert.Equal("completed", await stack.UpdateAsync("hits", "--force"));
        await load.GoOnAsync();

        Assert.Equal("completed", await stack.UpdateAsync("hits", "--image", "hits:next"));
        await load.GoOnAsync();
        Assert.Equal(["hits:next"], (await stack.RunningImagesAsync("hits")).Distinct());

        Assert.Equal("rollback_completed", await stack.UpdateAsync("hits", "--image", "hits:broken"));
        await load.GoOnAsync();
        await stack.RunningAsync("hits", Replicas);
        Assert.Equal(["hits:next"], (await stack.RunningImagesAsync("hits")).Distinct());

        var seen = await load.StopAsync();
        Judging.NothingNoticed(seen);
        var counter = await Asking.FirstNumberAsync(stack.Target, Limit) - 1;
        Judging.CountIsExact(seen, counter, beside: 1);
    }

    /// <summary>An image that is Hits but for one instruction.</summary>
    async Task DeriveAsync(string name, string instruction)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["Dockerfile"], $"FROM hits\n{instruction}\n", TestContext.Current.CancellationToken);
        await images.Host.DockerAsync("build", "--quiet", "--tag", name, folder.FullName);
    }
}
