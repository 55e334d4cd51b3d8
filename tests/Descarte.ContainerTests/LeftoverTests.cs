using Descarte.ContainerTests.Docker;
using Descarte.Harness;

namespace Descarte.ContainerTests;

/// <summary><c>docker container run --rm -i</c>: what was there before is there after, and nothing else.</summary>
[Collection(DockerCollection.Name)]
public sealed class LeftoverTests(Images images)
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact(Timeout = 120_000)]
    public Task Ctrl_C_leaves_nothing_behind() => AssertNothingStaysAsync(async client =>
    {
        // A terminal sends it to docker, which hands it on.
        client.Send(Signal.Interrupt);
        await Task.CompletedTask;
    });

    [Fact(Timeout = 120_000)]
    public Task Docker_stop_leaves_nothing_behind() => AssertNothingStaysAsync(_ => images.Host.DockerAsync("stop", "leftover"));

    async Task AssertNothingStaysAsync(Func<ChildProcess, Task> stop)
    {
        var before = await EverythingAsync();
        var redis = await images.Host.DockerAsync("run", "--detach", "--rm", "--publish", "6379", "redis:8");
        try
        {
            var address = await images.Host.DockerAsync("inspect", "--format", "{{.NetworkSettings.IPAddress}}", redis);
            var port = FreePort.Next();
            using var folder = new TempFolder();
            await using var client = ChildProcess.Start(
                ["docker", "container", "run", "--rm", "-i", "--name", "leftover", "--publish", $"{port}:5000", "--env", $"HOST_REDIS={address}", "hits"],
                folder.FullName, images.Host.Environment);
            var target = images.Host.Target(port);
            await Asking.FirstNumberAsync(target, Limit);
            await stop(client);
            Assert.Equal(0, await client.WaitForExitAsync(Limit));
            Assert.Contains("exit code 0", client.Output.ToString());
            Assert.Equal(0, (await Asking.AskAsync(target, "/")).Status);
        }
        finally
        {
            await images.Host.DockerAsync("stop", redis);
            await images.Host.GoneAsync(redis);
        }

        Assert.Equal(before, await EverythingAsync());
    }

    async Task<string> EverythingAsync()
    {
        string[] all = [
            await images.Host.DockerAsync("ps", "--all", "--no-trunc", "--quiet"),
            await images.Host.DockerAsync("volume", "ls", "--quiet"),
            await images.Host.DockerAsync("network", "ls", "--no-trunc", "--quiet"),
            await images.Host.ListenersAsync(),
        ];
        return string.Join("\n--\n", all);
    }
}
