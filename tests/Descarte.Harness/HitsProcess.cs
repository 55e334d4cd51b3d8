using System.Globalization;

namespace Descarte.Harness;

/// <summary>How a Hits process is started.</summary>
public sealed record HitsStart
{
    public Flavor Flavor { get; init; }

    /// <summary>The port of 127.0.0.1 it serves on; a free one by default.</summary>
    public int Port { get; init; } = FreePort.Next();

    /// <summary>Counts there; by default in SQLite.</summary>
    public RedisServer? Redis { get; init; }

    /// <summary>The SQLite file; by default one in a folder of the process's own.</summary>
    public string? Database { get; init; }

    /// <summary>Worker processes under a supervisor; 0 for one process that serves by itself.</summary>
    public int Workers { get; init; }

    /// <summary>Set last, over all else; a null value takes a variable out (<c>ASPNETCORE_URLS</c> too, which says the port).</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>A program that becomes Hits, and its arguments.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];
}

/// <summary>The hit counter as a process.</summary>
public sealed class HitsProcess : IAsyncDisposable
{
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    static readonly TimeSpan StoreLimit = TimeSpan.FromSeconds(40);

    // What the machine that runs the tests may have set for its own ends.
    static readonly string[] Unset =
    [
        "HOST_REDIS", "PORT_REDIS", "ConnectionStrings__Redis", "HITS_DB", "PORT", "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS",
        "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "WEB_CONCURRENCY", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "DESCARTE_POOL",
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
    ];

    readonly TempFolder _folder;

    HitsProcess(ChildProcess process, TempFolder folder, int port)
    {
        (Process, _folder, Port) = (process, folder, port);
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
    }

    public ChildProcess Process { get; }

    public int Port { get; }

    /// <summary>A folder of its own.</summary>
    public string WorkingDirectory => _folder.FullName;

    /// <summary>A pooled client. It retries by itself where a reused connection has died: no judge of lost requests.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts it and waits until it accepts connections.</summary>
    public static async Task<HitsProcess> StartAsync(HitsStart? start = null)
    {
        start ??= new HitsStart();
        var hits = Launch(start);
        try
        {
            using var limit = new CancellationTokenSource(StartLimit);
            await hits.Process.WaitUntilListeningAsync(start.Port, limit.Token);
            return hits;
        }
        catch
        {
            await hits.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and does not wait: for starts that are meant to fail, and signals during start-up.</summary>
    public static HitsProcess Launch(HitsStart start)
    {
        if (start.Flavor == Flavor.Aot)
        {
            Need.Aot("src/Hits");
        }

        var folder = new TempFolder();
        var environment = Unset.ToDictionary(name => name, _ => (string?)null);
        environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{start.Port}";
        if (start.Redis is { } redis)
        {
            foreach (var (name, value) in redis.Variables)
            {
                environment[name] = value;
            }
        }
        else
        {
            environment["HITS_DB"] = start.Database ?? folder["hits.db"];
        }

        // A pool in the folder of the user's own would be seen by the tests beside this one.
        environment["XDG_RUNTIME_DIR"] = folder.FullName;
        environment["WEB_CONCURRENCY"] = start.Workers.ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in start.Environment)
        {
            environment[name] = value;
        }

        string[] command = [.. start.Before, .. Build.Command("src/Hits", start.Flavor), .. start.Arguments];
        return new HitsProcess(ChildProcess.Start(command, folder.FullName, environment), folder, start.Port);
    }

    /// <summary>Waits until it says that it is ready: its socket listens a moment before its host has started, and its store may take longer still.</summary>
    /// <exception cref="TimeoutException">It is not in all the time that a store may take to come back, or has ended; what it wrote is in the message.</exception>
    public async Task UntilReadyAsync()
    {
        using var limit = new CancellationTokenSource(StoreLimit);
        try
        {
            while (true)
            {
                using var answer = await Client.GetAsync("/readyz", limit.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }

                await Task.Delay(20, limit.Token);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException)
        {
            throw new TimeoutException($"Hits is not ready. {failure.Message} It wrote:\n{Process.Output}\n{Process.Error}");
        }
    }

    /// <summary>One hit.</summary>
    /// <returns>Its number.</returns>
    public async Task<long> HitAsync()
    {
        var answer = await Client.GetStringAsync("/");
        return Number(answer);
    }

    /// <summary>The number in <c>Hello World! N times.</c></summary>
    /// <exception cref="FormatException">The body is not exactly that.</exception>
    public static long Number(string body)
    {
        const string Before = "Hello World! ";
        const string After = " times.";
        return body.StartsWith(Before, StringComparison.Ordinal) && body.EndsWith(After, StringComparison.Ordinal)
            ? long.Parse(body.AsSpan(Before.Length..^After.Length), NumberStyles.None, CultureInfo.InvariantCulture)
            : throw new FormatException($"Not the counter's answer: '{body}'");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
        _folder.Dispose();
    }
}
