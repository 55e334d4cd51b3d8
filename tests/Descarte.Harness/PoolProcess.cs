using System.Text.Json;
using Descarte.Conformance.Client;

namespace Descarte.Harness;

/// <summary>How a pool is started.</summary>
public sealed record PoolStart
{
    /// <summary>The build of <c>descarte</c>.</summary>
    public Flavor Flavor { get; init; }

    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Options of <c>descarte run</c>, besides <c>--listen</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The port of 127.0.0.1 to listen on; null for a pool that listens on nothing, or on what the options say.</summary>
    public int? Port { get; init; } = FreePort.Next();

    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>A pool of Hits on a database in its own folder.</summary>
    /// <param name="flavor">The build of both.</param>
    /// <param name="options">Of <c>descarte run</c>.</param>
    public static PoolStart OfHits(Flavor flavor, params string[] options)
    {
        if (flavor == Flavor.Aot)
        {
            Need.Aot("src/Hits");
            Need.Aot("src/Descarte.Cli");
        }

        return new PoolStart { Flavor = flavor, Command = Build.Command("src/Hits", flavor), Options = options };
    }

    /// <summary>A pool of tests/TestServer.</summary>
    public static PoolStart OfTestServer(string[] behaviour, params string[] options) =>
        new() { Command = [.. Build.Command("tests/TestServer", Flavor.Ordinary), .. behaviour], Options = options };
}

/// <summary>One worker, as <c>descarte ps --json</c> has it.</summary>
public sealed record PoolWorker(int Worker, int Pid, string State, int Restarts, long ResidentBytes, string Status);

/// <summary><c>descarte run</c> as a process, with a runtime folder of its own.</summary>
public sealed class PoolProcess : IAsyncDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    readonly Flavor _flavor;
    readonly Dictionary<string, string?> _environment;

    PoolProcess(ChildProcess process, TempFolder folder, int? port, Flavor flavor, Dictionary<string, string?> environment) =>
        (Process, Folder, Port, _flavor, _environment) = (process, folder, port ?? 0, flavor, environment);

    public ChildProcess Process { get; }

    /// <summary>Where it runs and keeps what it keeps.</summary>
    public TempFolder Folder { get; }

    public int Port { get; }

    public Target Target => Target.Loopback(Port);

    /// <summary>The folder of its sockets.</summary>
    public string RuntimeFolder => Folder["run"];

    /// <summary>Starts it and waits until all workers are ready.</summary>
    public static async Task<PoolProcess> StartAsync(PoolStart start)
    {
        var pool = Launch(start);
        try
        {
            await pool.UntilAsync(workers => workers.Count > 0 && workers.All(worker => worker.State == "ready"));
            return pool;
        }
        catch
        {
            await pool.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and does not wait.</summary>
    /// <param name="start">How.</param>
    /// <param name="folder">Of a pool before it, to run where that ran.</param>
    public static PoolProcess Launch(PoolStart start, TempFolder? folder = null)
    {
        folder ??= new TempFolder();
        Directory.CreateDirectory(folder["run"]);
        var environment = new Dictionary<string, string?>
        {
            ["XDG_RUNTIME_DIR"] = folder["run"],
            ["HITS_DB"] = folder["hits.db"],
        };
        foreach (var name in (string[])["WEB_CONCURRENCY", "ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "LISTEN_FDS", "LISTEN_PID", "NOTIFY_SOCKET", "WATCHDOG_USEC", "HOST_REDIS", "PORT"])
        {
            environment[name] = null;
        }

        foreach (var (name, value) in start.Environment)
        {
            environment[name] = value;
        }

        string[] listen = start.Port is { } port ? ["--listen", $"http://127.0.0.1:{port}"] : [];
        string[] command = [.. Build.Command("src/Descarte.Cli", start.Flavor), "run", .. listen, .. start.Options, "--", .. start.Command];
        return new PoolProcess(ChildProcess.Start(command, folder.FullName, environment), folder, start.Port, start.Flavor, environment);
    }

    /// <summary>Another verb of <c>descarte</c>, for this pool.</summary>
    /// <returns>Its exit code, and what it wrote to standard output and standard error.</returns>
    public async Task<(int ExitCode, string Output, string Error)> AskAsync(params string[] verb)
    {
        await using var asking = Ask(verb);
        var exitCode = await asking.WaitForExitAsync(Limit);
        return (exitCode, asking.Output.ToString()!, asking.Error.ToString()!);
    }

    /// <summary>The same, and does not wait for its end.</summary>
    public ChildProcess Ask(params string[] verb) => ChildProcess.Start([.. Build.Command("src/Descarte.Cli", _flavor), .. verb], Folder.FullName, _environment);

    /// <summary>The workers; empty when the pool does not answer.</summary>
    public async Task<IReadOnlyList<PoolWorker>> WorkersAsync()
    {
        var (exitCode, output, _) = await AskAsync("ps", "--json");
        if (exitCode != 0)
        {
            return [];
        }

        using var pools = JsonDocument.Parse(output);
        return [.. pools.RootElement.EnumerateArray().SelectMany(pool => pool.GetProperty("workers").EnumerateArray()).Select(worker => new PoolWorker(
            worker.GetProperty("worker").GetInt32(),
            worker.GetProperty("pid").GetInt32(),
            worker.GetProperty("state").GetString()!,
            worker.GetProperty("restarts").GetInt32(),
            worker.GetProperty("residentBytes").GetInt64(),
            worker.GetProperty("status").GetString()!))];
    }

    /// <summary>Waits until the workers are as they should be.</summary>
    public async Task<IReadOnlyList<PoolWorker>> UntilAsync(Func<IReadOnlyList<PoolWorker>, bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        IReadOnlyList<PoolWorker> workers = [];
        while (!limit.IsCancellationRequested)
        {
            workers = await WorkersAsync();
            if (condition(workers))
            {
                return workers;
            }

            if (Process.HasExited)
            {
                break;
            }

            await Task.Delay(20, CancellationToken.None);
        }

        throw new TimeoutException($"The workers are {string.Join(", ", workers)}. The pool wrote:\n{Process.Output}\n{Process.Error}");
    }

    /// <summary>Waits for a line of the supervisor's log.</summary>
    public Task<string> SaysAsync(string text)
    {
        var limit = new CancellationTokenSource(Limit);
        return Process.Error.WaitForLineAsync(text, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Folder.Dispose();
    }
}
