using System.Diagnostics;
using Descarte.Conformance.Client;
using Descarte.Harness;

namespace Descarte.ContainerTests.Docker;

/// <summary>A folder with a compose file, brought up on a host under a name of its own, and down with all that it had.</summary>
sealed class ComposeProject(DockerHost host, string folder) : IAsyncDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    static int _count;

    readonly string _name = $"t{Interlocked.Increment(ref _count)}";
    readonly int _port = FreePort.Next();

    /// <summary>Its service <c>hits</c>, or what stands before it.</summary>
    public Target Target => host.Target(_port);

    /// <summary>What <c>docker-compose</c> is told.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>(host.Environment)
    {
        ["COMPOSE_PROJECT_NAME"] = _name,
        ["PORT"] = $"{_port}",
    };

    /// <summary>Files in the folder instead of docker-compose.yml.</summary>
    public string[] Files { get; init; } = [];

    public static async Task<ComposeProject> UpAsync(DockerHost host, string folder, params string[] files)
    {
        var project = new ComposeProject(host, folder) { Files = files };
        try
        {
            await project.RunAsync("up", "-d");
            return project;
        }
        catch
        {
            await project.DisposeAsync();
            throw;
        }
    }

    /// <summary><c>docker-compose …</c></summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> RunAsync(params string[] arguments)
    {
        var begun = Stopwatch.GetTimestamp();
        await Command.RunAsync("docker-compose", [.. Files.SelectMany(file => (string[])["-f", file]), .. arguments], Environment, Path.Combine(Build.RepositoryRoot, folder));
        return Stopwatch.GetElapsedTime(begun);
    }

    /// <summary><c>docker-compose up -d --scale …</c></summary>
    public Task ScaleAsync(string service, int count) => RunAsync("up", "-d", "--scale", $"{service}={count}");

    /// <summary>The ids of a service's containers that are there, whether or not they run.</summary>
    public Task<string[]> ContainersAsync(string service) => host.LinesAsync(
        "ps", "--all", "--quiet", "--filter", $"label=com.docker.compose.project={_name}", "--filter", $"label=com.docker.compose.service={service}");

    /// <summary>The only container of a service.</summary>
    public async Task<string> ContainerAsync(string service) => Assert.Single(await ContainersAsync(service));

    /// <summary>The exit code of the only container of a service.</summary>
    public async Task<int> ExitCodeAsync(string service) => await host.ExitCodeAsync(await ContainerAsync(service));

    /// <summary>Asks until a number comes: the service and its store are up.</summary>
    public Task<long> FirstNumberAsync() => Asking.FirstNumberAsync(Target, Limit);

    public async ValueTask DisposeAsync() => await RunAsync("down", "--volumes", "--timeout", "0");
}
