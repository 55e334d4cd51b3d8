using Descarte.Conformance.Client;

namespace Descarte.Harness;

/// <summary>tests/TestServer with one of its behaviours, as a process.</summary>
public sealed class TestServerProcess : IAsyncDisposable
{
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    readonly TempFolder _folder;

    TestServerProcess(ChildProcess process, TempFolder folder, int port) => (Process, _folder, Port) = (process, folder, port);

    public ChildProcess Process { get; }

    public int Port { get; }

    public Target Target => Target.Loopback(Port);

    /// <summary>Starts it on a free port of 127.0.0.1 and waits until it accepts connections.</summary>
    public static Task<TestServerProcess> StartAsync(string behaviour, params (string Name, string Value)[] environment) =>
        StartAsync(behaviour, FreePort.Next(), environment.ToDictionary(variable => variable.Name, variable => (string?)variable.Value));

    /// <param name="behaviour">The name of the behaviour.</param>
    /// <param name="port">The port of 127.0.0.1 that it serves on.</param>
    /// <param name="environment">Set over the usual; a null value takes a variable out.</param>
    public static async Task<TestServerProcess> StartAsync(string behaviour, int port, IReadOnlyDictionary<string, string?> environment)
    {
        var server = Launch(behaviour, port, environment);
        try
        {
            using var limit = new CancellationTokenSource(StartLimit);
            await server.Process.WaitUntilListeningAsync(port, limit.Token);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and does not wait.</summary>
    /// <param name="behaviour">The name of the behaviour.</param>
    /// <param name="port">The port of 127.0.0.1 that it serves on.</param>
    /// <param name="environment">Set over the usual; a null value takes a variable out.</param>
    /// <param name="before">A program that becomes the server, and its arguments.</param>
    public static TestServerProcess Launch(string behaviour, int port, IReadOnlyDictionary<string, string?> environment, params string[] before)
    {
        var folder = new TempFolder();
        var variables = new Dictionary<string, string?>
        {
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
            ["ASPNETCORE_ENVIRONMENT"] = null,
            ["DOTNET_ENVIRONMENT"] = null,
        };
        foreach (var (name, value) in environment)
        {
            variables[name] = value;
        }

        string[] command = [.. before, .. Build.Command("tests/TestServer", Flavor.Ordinary), behaviour];
        return new TestServerProcess(ChildProcess.Start(command, folder.FullName, variables), folder, port);
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }
}
