using System.Globalization;
using Descarte.Harness;

namespace Descarte.PoolBench;

/// <summary>A supervisor that holds a socket for its workers.</summary>
/// <param name="Name">For people.</param>
/// <param name="Command">Its command line: a port of 127.0.0.1, and how many workers.</param>
sealed record Contestant(string Name, Func<int, int, string[]> Command)
{
    /// <summary>The native build with workers of the native Hits.</summary>
    public static Contestant Descarte { get; } = new("**descarte run**, Hits", (port, workers) =>
        [.. Build.Command("src/Descarte.Cli", Flavor.Aot), "run", "--listen", $"http://127.0.0.1:{port}", "-n", Text(workers), "--", .. Build.Command("src/Hits", Flavor.Aot)]);

    public static Contestant Gunicorn { get; } = new("gunicorn, sync workers", (port, workers) =>
        ["gunicorn", "--bind", $"127.0.0.1:{port}", "--workers", Text(workers), "--chdir", Path.Combine(Build.RepositoryRoot, "tests", "ForeignServers"), "app:app"]);

    /// <summary>Starts it in a folder of its own, and does not wait.</summary>
    public Running Start(int port, int workers)
    {
        var folder = new TempFolder();
        var environment = new Dictionary<string, string?>
        {
            ["XDG_RUNTIME_DIR"] = folder.FullName,
            ["HITS_DB"] = folder["hits.db"],
            ["WEB_CONCURRENCY"] = null,
            ["PYTHONDONTWRITEBYTECODE"] = "1",
        };
        var command = Command(port, workers);
        return new Running(ChildProcess.Start(command, folder.FullName, environment), folder);
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A supervisor that runs, and its folder.</summary>
sealed record Running(ChildProcess Process, TempFolder Folder) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            Process.Send(Signal.Terminate);
        }

        // What does not leave is killed.
        await ((Task)Process.WaitForExitAsync(TimeSpan.FromSeconds(20))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Process.DisposeAsync();
        Folder.Dispose();
    }
}
