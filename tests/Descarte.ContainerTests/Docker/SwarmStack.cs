using Descarte.Conformance.Client;
using Descarte.Harness;

namespace Descarte.ContainerTests.Docker;

/// <summary>A stack on a Swarm of one node, and no Swarm afterwards.</summary>
sealed class SwarmStack : IAsyncDisposable
{
    const string Name = "t";

    readonly DockerHost _host;
    readonly int _port = FreePort.Next();

    SwarmStack(DockerHost host) => _host = host;

    public Target Target => _host.Target(_port);

    public static async Task<SwarmStack> DeployAsync(DockerHost host, string file)
    {
        var stack = new SwarmStack(host);
        await host.DockerAsync("swarm", "init", "--advertise-addr", host.Address);
        try
        {
            await host.DockerAsync("node", "update", "--label-add", "hits.redis=true", await host.DockerAsync("node", "ls", "--quiet"));
            var environment = new Dictionary<string, string?>(host.Environment) { ["PORT"] = $"{stack._port}" };
            await Command.RunAsync("docker", ["stack", "deploy", "--compose-file", file, "--resolve-image", "never", Name], environment);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary><c>docker service update …</c>, to its end.</summary>
    /// <returns>How it ended, as Swarm says: <c>completed</c>, <c>rollback_completed</c>.</returns>
    public async Task<string> UpdateAsync(string service, params string[] arguments)
    {
        await Command.TryAsync(
            "docker", ["service", "update", "--quiet", "--detach=false", "--no-resolve-image", .. arguments, $"{Name}_{service}"], _host.Environment);
        return await _host.DockerAsync("service", "inspect", "--format", "{{.UpdateStatus.State}}", $"{Name}_{service}");
    }

    /// <summary>Waits until so many tasks of a service run, each healthy.</summary>
    public async Task RunningAsync(string service, int count)
    {
        string said;
        while ((said = await _host.DockerAsync("service", "ls", "--filter", $"name={Name}_{service}", "--format", "{{.Replicas}}")) != $"{count}/{count}")
        {
            Assert.NotEmpty(said);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The image of each running task of a service.</summary>
    public async Task<string[]> RunningImagesAsync(string service) => await _host.LinesAsync(
        "ps", "--filter", $"label=com.docker.swarm.service.name={Name}_{service}", "--format", "{{.Image}}");

    public async ValueTask DisposeAsync()
    {
        await _host.DockerAsync("swarm", "leave", "--force");

        // The node's tasks go on their own after it; their volume cannot go before them.
        while (await _host.LinesAsync("ps", "--all", "--quiet", "--filter", "label=com.docker.swarm.service.name") is { Length: > 0 } left)
        {
            await Command.TryAsync("docker", ["rm", "--force", "--volumes", .. left], _host.Environment);
        }

        await Command.TryAsync("docker", ["volume", "rm", $"{Name}_counts"], _host.Environment);
    }
}
