using System.Diagnostics;
using Descarte.Conformance.Client;
using Descarte.ContainerTests.Docker;

namespace Descarte.ContainerTests;

/// <summary>deploy/compose as it is: HAProxy in front, Hits scaled up, down, killed and stopped under load.</summary>
[Collection(DockerCollection.Name)]
public sealed class DeployComposeTests(Images images)
{
    const string Folder = "deploy/compose";

    [Fact(Timeout = 300_000)]
    public async Task Scaling_and_stopping_lose_nothing_and_a_kill_only_what_was_in_flight_there()
    {
        await using var project = await ComposeProject.UpAsync(images.Host, Folder);
        Assert.Equal(1, await project.FirstNumberAsync());
        await using (var load = await Load.StartAsync(project.Target))
        {
            await project.ScaleAsync("hits", 3);
            await load.GoOnAsync();
            await project.ScaleAsync("hits", 1);
            await load.GoOnAsync();
            Judging.NothingNoticed(await load.StopAsync());
        }

        await project.ScaleAsync("hits", 3);
        await project.FirstNumberAsync();
        long killed;
        await using (var load = await Load.StartAsync(project.Target))
        {
            var containers = await project.ContainersAsync("hits");
            await images.Host.DockerAsync("kill", "--signal", "KILL", containers[0]);
            killed = Stopwatch.GetTimestamp();
            await load.GoOnAsync();
            var begun = DateTimeOffset.UtcNow;
            await images.Host.DockerAsync("stop", containers[1]);
            Assert.Equal(0, await images.Host.ExitCodeAsync(containers[1]));
            await load.GoOnAsync();

            var seen = await load.StopAsync();
            var noticed = Judging.Noticed(seen);
            Assert.True(noticed.Count <= Load.Clients, $"{seen}");

            // 502, or the end of the connection where HAProxy had kept it: then it leaves it to the client to ask again.
            Assert.All(noticed, exchange => Assert.True(
                exchange.WrittenAt < killed && (exchange.Status == 502 || exchange.Outcome == Outcome.EndOfStream), Judging.Line(exchange)));
        }
    }
}
