using Descarte.Harness;

namespace Descarte.ContainerTests.Docker;

/// <summary>The images of this repository, built once in a run from the Dockerfiles that users build, and the host that has them.</summary>
public sealed class Images : IAsyncLifetime
{
    DockerHost? _host;

    internal DockerHost Host
    {
        get
        {
            Need.Docker();
            return _host!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!Need.HasDocker)
        {
            // Each test says so.
            return;
        }

        // With a folder that stays, whoever works on these tests builds each image once.
        _host = await DockerHost.StartAsync(Environment.GetEnvironmentVariable("DESCARTE_DOCKER_ROOT"));
        try
        {
            await Command.RunAsync(Path.Combine(Build.RepositoryRoot, "tests/Descarte.ContainerTests/base-images.sh"), [], _host.Environment);
            await _host.DockerAsync("build", "--tag", "hits", "--file", "src/Hits/Dockerfile", ".");
            await _host.DockerAsync("build", "--tag", "descarte", "--file", "src/Descarte.Cli/Dockerfile", ".");
            await _host.DockerAsync("build", "--tag", "pooled", "--file", "tests/Descarte.ContainerTests/pooled.Dockerfile", ".");
            await _host.DockerAsync("build", "--tag", "factor8", "--file", "examples/factor8/Dockerfile", ".");
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes images from the host that has them all.</summary>
    internal async Task CopyToAsync(DockerHost other, params string[] names)
    {
        using var folder = new TempFolder();
        await Host.DockerAsync(["save", "--output", folder["images.tar"], .. names]);
        await other.DockerAsync("load", "--input", folder["images.tar"]);
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? default;
}
