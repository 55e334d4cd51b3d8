using Descarte.Harness;

namespace Descarte.Stops;

/// <summary>A server that is stopped the way its makers say is graceful.</summary>
/// <param name="Name">For people.</param>
/// <param name="Signal">What stops it.</param>
/// <param name="StartAsync">Starts it on a port of 127.0.0.1 and returns when it accepts connections.</param>
sealed record Contestant(string Name, Signal Signal, Func<int, Task<Contestant.Running>> StartAsync)
{
    /// <summary>Its process, and what goes with it.</summary>
    public sealed record Running(ChildProcess Process, IAsyncDisposable Owner);

    /// <summary>Kestrel with the settings of <c>dotnet new web</c>, which logs no line per request.</summary>
    public static Contestant DefaultHost { get; } = new("Kestrel, default host", Signal.Terminate, async port =>
    {
        var quiet = new Dictionary<string, string?> { ["Logging__LogLevel__Microsoft.AspNetCore"] = "Warning" };
        var server = await TestServerProcess.StartAsync("default-host", port, quiet);
        return new Running(server.Process, server);
    });

    /// <summary>On SQLite.</summary>
    public static Contestant Hits { get; } = new($"**Hits** ({HitsTable.FlavorName}, SQLite)", Signal.Terminate, async port =>
    {
        var hits = await HitsProcess.StartAsync(new HitsStart { Flavor = HitsTable.Flavor, Port = port });
        return new Running(hits.Process, hits);
    });

    /// <summary>The servers of others: the program that must be there, and how it is started with it.</summary>
    public static IReadOnlyList<(string Program, Contestant Contestant)> Peers { get; } =
    [
        ("node", Peer("Node, `server.close()`", Signal.Terminate, port => ["node", PeerFile("server.mjs"), $"{port}"])),
    ];

    static Contestant Peer(string name, Signal signal, Func<int, string[]> command) => new(name, signal, async port =>
    {
        var process = ChildProcess.Start(command(port), PeerFile(""));
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await process.WaitUntilListeningAsync(port, limit.Token);
            return new Running(process, process);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    });

    static string PeerFile(string name) => Path.Combine(Build.RepositoryRoot, "bench", "peers", name);
}
