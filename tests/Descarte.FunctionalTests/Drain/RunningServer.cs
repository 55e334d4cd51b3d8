using System.Net;
using Descarte.Conformance.Client;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Drain;

/// <summary>TestServer on addresses of any kind: a process that serves, and where its clients connect.</summary>
sealed class RunningServer : IAsyncDisposable
{
    static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(30);

    readonly TestServerProcess _server;
    readonly TempFolder _folder;

    RunningServer(TestServerProcess server, TempFolder folder, IReadOnlyList<Target> targets) => (_server, _folder, Targets) = (server, folder, targets);

    /// <summary>One for each family that a client can come from, and one for each endpoint.</summary>
    public IReadOnlyList<Target> Targets { get; }

    public Target Target => Targets[0];

    public ChildProcess Process => _server.Process;

    /// <summary>Starts a behaviour and waits until it answers.</summary>
    /// <param name="behaviour">Of TestServer.</param>
    /// <param name="addresses">What it listens on: <c>IPv4</c>, <c>IPv6</c>, <c>dual-stack</c>, <c>Unix</c>, or <c>several</c> of them.</param>
    /// <param name="environment">Options, mostly.</param>
    public static async Task<RunningServer> StartAsync(string behaviour, string addresses, params (string Name, string? Value)[] environment)
    {
        var folder = new TempFolder();
        var (urls, targets) = Listen(addresses, folder);
        return await StartAsync(behaviour, folder, urls, targets, environment);
    }

    public static Task<RunningServer> StartAsync(params (string Name, string? Value)[] environment) => StartAsync("well-behaved", "IPv4", environment);

    /// <summary>Starts it on a Unix socket of the test's own choice.</summary>
    public static Task<RunningServer> StartOnAsync(string socket, params (string Name, string? Value)[] environment) =>
        StartAsync("well-behaved", new TempFolder(), $"http://unix:{socket}", [Target.Unix(socket)], environment);

    /// <summary>Tells it to stop.</summary>
    public void Terminate() => Process.Send(Signal.Terminate);

    /// <summary>Waits until nobody gets in any more: the drain is under way, and what was let in is known.</summary>
    public async Task RefusesAsync()
    {
        foreach (var target in Targets)
        {
            await Raw.RefusedAsync(target);
        }
    }

    /// <summary>The process ends by itself, with nothing cut.</summary>
    public async Task EndsCleanAsync()
    {
        var code = await Process.WaitForExitAsync(ExitLimit);
        Assert.True(code == 0, $"Exit code {code}:\n{Process.Output}\n{Process.Error}");
        Assert.Contains(Process.Output.Lines, line => line.Contains(", cut 0; ", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    static async Task<RunningServer> StartAsync(
        string behaviour, TempFolder folder, string urls, IReadOnlyList<Target> targets, (string Name, string? Value)[] environment)
    {
        var variables = environment.ToDictionary(variable => variable.Name, variable => variable.Value);
        variables["ASPNETCORE_URLS"] = urls;
        var server = new RunningServer(TestServerProcess.Launch(behaviour, 0, variables), folder, targets);
        try
        {
            foreach (var target in targets)
            {
                await Raw.ServesAsync(target, server.Process);
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    static (string Urls, IReadOnlyList<Target> Targets) Listen(string addresses, TempFolder folder)
    {
        if (addresses is "IPv6" or "dual-stack" or "several")
        {
            Need.IPv6();
        }

        var port = FreePort.Next();
        var v4 = Target.Loopback(port);
        var v6 = new Target(new IPEndPoint(IPAddress.IPv6Loopback, port), $"[::1]:{port}");
        var unix = folder["socket"];
        switch (addresses)
        {
            case "IPv4":
                return ($"http://127.0.0.1:{port}", [v4]);
            case "IPv6":
                return ($"http://[::1]:{port}", [v6]);
            case "dual-stack":
                return ($"http://+:{port}", [v4, v6]);
            case "Unix":
                return ($"http://unix:{unix}", [Target.Unix(unix)]);
            default:
                var another = FreePort.Next();
                return ($"http://127.0.0.1:{port};http://[::1]:{port};http://127.0.0.1:{another};http://unix:{unix}",
                    [v4, v6, Target.Loopback(another), Target.Unix(unix)]);
        }
    }
}
