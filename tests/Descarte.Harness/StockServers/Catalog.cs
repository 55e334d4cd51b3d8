using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Harness.StockServers;

/// <summary>The servers that are judged, those of others first.</summary>
public static class Catalog
{
    // Debian's, which knows Debian's packages.
    const string Python = "/usr/bin/python3";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StockServer> All =>
    [
        .. OfFiles("nginx", "nginx", ["nginx", "-v"], "SIGQUIT", place => ["nginx", "-p", place.Folder, "-c", place.Filled("nginx.conf"), "-e", "stderr"]),
        .. OfFiles("apache", "Apache", ["apache2", "-v"], "SIGWINCH", static _ => ["apache2", "-D", "FOREGROUND", "-f", Place.Source("apache.conf")]),
        .. OfFiles("lighttpd", "lighttpd", ["lighttpd", "-v"], "SIGINT", static _ => ["lighttpd", "-D", "-f", Place.Source("lighttpd.conf")]),
        OfFiles("caddy", "Caddy", ["caddy", "version"], static _ => ["caddy", "run", "--adapter", "caddyfile", "--config", Place.Source("Caddyfile")]) with
        {
            Environment = [new("XDG_CONFIG_HOME", "."), new("XDG_DATA_HOME", ".")],
        },
        Application("gunicorn-sync", "gunicorn, 2 sync workers", ["gunicorn", "--version"], place => Gunicorn(place, "sync")),
        Application("gunicorn-gthread", "gunicorn, 2 gthread workers", ["gunicorn", "--version"], place => [.. Gunicorn(place, "gthread"), "--threads", "8"]),
        Application("uvicorn", "uvicorn", ["uvicorn", "--version"], place => ["uvicorn", "--port", $"{place.Port}", "--app-dir", Place.Source(""), "--no-access-log", "asgi:app"]),
        Application("puma", "Puma, 8 threads", ["puma", "--version"], Puma),
        Application("puma-cluster", "Puma, 2 workers of 8 threads", ["puma", "--version"], place => [.. Puma(place), "-w", "2"]),
        Application("node", "Node http", ["node", "--version"], place => ["node", Place.Source("server.mjs"), $"{place.Port}"]),
        Application("node-close", "Node http, `server.close()`", ["node", "--version"], place => ["node", Place.Source("server.mjs"), $"{place.Port}", "close"]),
        Go("go", "Go net/http"),
        Go("go-shutdown", "Go net/http, `Shutdown`", "shutdown"),
        Flask("flask-before", "Flask's development server", "flask_before.py"),
        Flask("flask-after", "Flask's development server in a process that SIGTERM terminates", "flask_after.py"),
        Flask("flask-after-plain", "the same without the reloader", "flask_after.py", "no-reloader"),
        Server("php", "PHP's built-in server", ["php", "--version"], static place => ["php", "-S", place.Address, Place.Source("index.php")], new Settings { Slow = "/slow", Download = "/download" }),
        Kestrel,
        Hits,
        Hits with { Id = "hits-pool", Name = "**Hits**, 2 workers", Environment = [new("WEB_CONCURRENCY", "2")] },
        Hits with
        {
            Id = "hits-pool-redis",
            Name = "**Hits**, 2 workers on Redis",
            OnRedis = true,
            Settings = Hits.Settings with { WatchdogMs = 10_000 },
            Environment = [new("WEB_CONCURRENCY", "2")],
        },
        Hits with
        {
            Id = "hits-lame-duck",
            Name = "**Hits**, lame duck of 2 s",
            Profile = Profile.LameDuck,
            Environment = [.. Hits.Environment, new("Descarte__LameDuck", "00:00:02")],
        },
    ];

    /// <summary>The default host, as <c>dotnet new web</c> makes it.</summary>
    static StockServer Kestrel { get; } = new()
    {
        Id = "kestrel",
        Name = "Kestrel, default host",
        Command = Of(static place => [.. Build.Command("tests/TestServer", Flavor.Ordinary), "default-host", "--urls", $"http://{place.Address}"]),
        Settings = new Settings { Slow = "/slow?ms=400", Download = "/download?bytes=5000000", Upload = "/upload", EventStream = "/events" },
        Environment = [new("Logging__LogLevel__Microsoft.AspNetCore", "Warning")],
    };

    /// <summary>One process, on the embedded store; native where it has been published.</summary>
    static StockServer Hits { get; } = new()
    {
        Id = "hits",
        Name = "**Hits**",
        Command = Of(static place => [.. Build.Command("src/Hits", Build.Fastest("src/Hits")), "--urls", $"http://{place.Address}"]),
        Settings = new Settings { Ready = "/readyz", EventStream = "/events", CounterPath = "/", CounterPattern = @"(\d+) times" },
        Environment = [new("WEB_CONCURRENCY", "0")],
    };

    /// <summary>A server of files, twice: told to stop by SIGTERM, and by the signal that its makers call graceful.</summary>
    static StockServer[] OfFiles(string id, string name, string[] version, string graceful, Func<Place, string[]> command) =>
    [
        OfFiles($"{id}-term", $"{name}, SIGTERM", version, command),
        OfFiles($"{id}-{graceful[3..].ToLowerInvariant()}", $"{name}, {graceful}", version, command) with { StopSignal = graceful },
    ];

    static StockServer OfFiles(string id, string name, string[] version, Func<Place, string[]> command) =>
        Server(id, name, version, place => command(place.WithSite()), new Settings { Download = "/download" });

    static StockServer Application(string id, string name, string[] version, Func<Place, string[]> command) => Server(
        id, name, version, command, new Settings { Slow = "/slow", Download = "/download", Upload = "/upload", EventStream = "/events" });

    static StockServer Go(string id, string name, params string[] arguments) => Application(id, name, ["go", "version"], static _ => []) with
    {
        Command = async place => [await place.GoProgramAsync(), place.Address, .. arguments],
    };

    static StockServer Flask(string id, string name, string file, params string[] arguments) => Server(
        id, name, [Python, "-c", "import flask; print(flask.__version__)"], _ => [Python, Place.Source(file), .. arguments], new Settings { Slow = "/slow" });

    static StockServer Server(string id, string name, string[] version, Func<Place, string[]> command, Settings settings) =>
        new() { Id = id, Name = name, Version = version, Command = Of(command), Settings = settings };

    static Func<Place, Task<IReadOnlyList<string>>> Of(Func<Place, string[]> command) => place => Task.FromResult<IReadOnlyList<string>>(command(place));

    static string[] Gunicorn(Place place, string kind) => ["gunicorn", "-b", place.Address, "-w", "2", "-k", kind, "--chdir", Place.Source(""), "wsgi:app"];

    static string[] Puma(Place place) => ["puma", "-q", "-e", "production", "-b", $"tcp://{place.Address}", "-t", "8:8", Place.Source("config.ru")];
}
