using System.Net;
using Descarte.Conformance.Client;
using Descarte.Harness;

namespace Descarte.ContainerTests.Docker;

/// <summary>A Docker daemon of the test's own, on a network of its own: a host like any other, and nothing of it stays.</summary>
sealed class DockerHost : IAsyncDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    readonly TempFolder _folder = new();
    readonly NetworkNamespace _network;
    readonly ChildProcess _daemon;

    DockerHost(NetworkNamespace network, string? data)
    {
        _network = network;
        _daemon = ChildProcess.Start(
            [
                "nsenter", $"--net=/run/netns/{network.Name}", "dockerd", "--data-root", data ?? _folder["data"], "--exec-root", _folder["exec"],
                "--host", Socket, "--pidfile", _folder["pid"], "--group", "root",
            ],
            _folder.FullName);
    }

    /// <summary>Where published ports are.</summary>
    public string Address => _network.Address;

    /// <summary>A port that is published on this host.</summary>
    public Target Target(int port) => new(new IPEndPoint(IPAddress.Parse(Address), port), $"{Address}:{port}");

    /// <summary>The value of DOCKER_HOST.</summary>
    public string Socket => $"unix://{_folder["docker.sock"]}";

    /// <summary>What <c>docker</c> and <c>docker-compose</c> are told. The old builder is in every client; the new one is a plugin.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["DOCKER_HOST"] = Socket,
        ["DOCKER_BUILDKIT"] = "0",
        ["COMPOSE_DOCKER_CLI_BUILD"] = "0",
    };

    /// <param name="data">Where images are kept; null for a folder that goes with the host.</param>
    public static async Task<DockerHost> StartAsync(string? data = null)
    {
        var network = await NetworkNamespace.CreateAsync();
        var host = new DockerHost(network, data);
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            await host._daemon.Error.WaitForLineAsync("API listen on", limit.Token);
            return host;
        }
        catch (Exception exception)
        {
            await host.DisposeAsync();
            throw new InvalidOperationException($"dockerd does not start. It wrote:\n{host._daemon.Error}", exception);
        }
    }

    /// <summary><c>docker …</c></summary>
    /// <returns>What it wrote on standard output.</returns>
    public Task<string> DockerAsync(params string[] arguments) => Command.RunAsync("docker", arguments, Environment);

    /// <summary>As <see cref="DockerAsync"/>, one line each.</summary>
    public async Task<string[]> LinesAsync(params string[] arguments) =>
        (await DockerAsync(arguments)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The ports on which something listens here.</summary>
    public Task<string> ListenersAsync() => Command.RunAsync("nsenter", Here("ss", "-Hltn"));

    /// <summary>What follows <c>nsenter</c> to run a program as one of this host's own, from which the addresses of its containers can be reached.</summary>
    public string[] Here(params string[] command) => [$"--net=/run/netns/{_network.Name}", .. command];

    /// <summary>A cable to another host.</summary>
    /// <returns>The address of the other.</returns>
    public Task<string> ConnectAsync(DockerHost other) => NetworkNamespace.ConnectAsync(_network, other._network);

    /// <summary>SIGKILL for every container that runs.</summary>
    public async Task KillContainersAsync() => await DockerAsync(["kill", .. await LinesAsync("ps", "--quiet")]);

    public async ValueTask DisposeAsync()
    {
        if (!_daemon.HasExited)
        {
            if (await Command.TryAsync("docker", ["ps", "--all", "--quiet"], Environment) is { IsSuccess: true, StandardOutput: { Length: > 0 } left })
            {
                await Command.TryAsync("docker", ["rm", "--force", "--volumes", .. left.Split('\n', StringSplitOptions.RemoveEmptyEntries)], Environment);
            }

            _daemon.Send(Signal.Terminate);
            await Task.WhenAny(_daemon.WaitForExitAsync(Limit));
        }

        await _daemon.DisposeAsync();
        foreach (var mount in Mounts())
        {
            await Command.TryAsync("umount", ["--lazy", mount]);
        }

        await _network.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>What the daemon leaves mounted, the innermost first.</summary>
    IEnumerable<string> Mounts() => File.ReadLines("/proc/self/mounts")
        .Select(line => line.Split(' ')[1]).Where(path => path.StartsWith(_folder.FullName, StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal);
}
