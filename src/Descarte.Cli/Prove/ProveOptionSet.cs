using System.CommandLine;
using Descarte.Cli.Run;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Experiments;
using Descarte.Conformance.Subjects;

namespace Descarte.Cli.Prove;

/// <summary>The options that say what is known of the subject.</summary>
sealed class ProveOptionSet
{
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);
    static readonly TimeSpan StartBudget = TimeSpan.FromSeconds(5);

    readonly Option<string?> _url = new("--url") { Description = "Where it serves, with the path of ordinary requests; default: the first port that its process tree listens on" };
    readonly Option<string?> _slow = new("--slow") { Description = "A path whose answer takes a while: opens 4.1" };
    readonly Option<string?> _download = new("--download") { Description = "A path whose answer is large or streamed: opens 4.2 and 2.6" };
    readonly Option<string?> _upload = new("--upload") { Description = "A path that takes a POST of 64 KiB: opens 4.3 and 2.6" };
    readonly Option<string?> _sse = new("--sse") { Description = "A path that streams events: opens 6.1 and 6.3" };
    readonly Option<string?> _websocket = new("--websocket") { Description = "A path that accepts WebSockets: opens 6.2 and 6.3" };
    readonly Option<bool> _http2 = new("--http2") { Description = "It speaks HTTP/2 too, with TLS by ALPN, else by prior knowledge: opens 5.6" };
    readonly Option<string?> _ready = new("--ready") { Description = "A path that says whether it wants traffic: opens 3.2" };
    readonly Option<string?> _counter = new("--counter") { Description = "Path and regular expression of a counter, as in '/ (\\d+) times': opens 9.1 to 9.3" };
    readonly Option<string[]> _header = new("--header") { Description = "A header field of every request, 'Name: value'; may be repeated" };
    readonly Option<bool> _insecure = new("--insecure") { Description = "Any certificate will do" };
    readonly Option<string[]> _env = new("--env") { Description = "A variable of its environment, NAME=VALUE; may be repeated" };
    readonly Option<string?> _cwd = new("--cwd") { Description = "Its working folder" };
    readonly Option<TimeSpan?> _grace = Durations.Option("--grace", null, "Time from SIGTERM to SIGKILL, as its supervisor will give it", Grace);
    readonly Option<TimeSpan?> _startBudget = Durations.Option("--start-budget", null, "The longest start that passes", StartBudget);
    readonly Option<int?> _seed = new("--seed") { Description = "Seed of the loads and of the moments of the signals; printed", CustomParser = result => Numbers.Parser("--seed")(result) };
    readonly Option<string[]> _clause = new("--clause") { Description = "Only this clause; may be repeated" };
    readonly Option<TimeSpan?> _watchdog = Durations.Option("--watchdog", null, "How long a worker of several may hang before the subject itself removes it: opens 11.2", null);
    readonly Option<string?> _disturb = new("--disturb") { Description = "What runs at --url is not started here but disturbed by this command, under load: opens 12.1" };
    readonly Option<TimeSpan?> _settle = Durations.Option("--settle", null, "How long the load goes on after that command", Settle);
    readonly ContainerOptionSet _containers = new();
    readonly Option<string?> _stopSignal = new("--stop-signal") { Description = "What its supervisor stops it with, as in SIGQUIT; default: what the image says, else SIGTERM" };
    readonly Option<bool> _quick = new("--quick") { Description = "Fewer rounds, and none that waits for the end of the grace period" };

    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Add(option);
        }
    }

    /// <summary>The first of them that was given; null when none was.</summary>
    public string? FirstGiven(ParseResult parsed) => All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    IEnumerable<Option> All =>
    [
        _url, _slow, _download, _upload, _sse, _websocket, _http2, _ready, _counter, _header, _insecure, _env, _cwd, _grace, _startBudget, _seed, _clause, _watchdog, _disturb,
        _settle, _stopSignal, _quick, .. _containers.All,
    ];

    /// <param name="parsed">The command line up to the two dashes.</param>
    /// <param name="command">What stands behind them: the program to test.</param>
    /// <exception cref="SubjectException">They contradict each other, or one is not understood.</exception>
    public ProveOptions Read(ParseResult parsed, string[] command)
    {
        var disturbance = parsed.GetValue(_disturb);
        if (disturbance is not null)
        {
            command = Disturbing(disturbance, command, parsed.GetValue(_url));
        }

        var container = _containers.Read(parsed, disturbance is null ? command : [], parsed.GetValue(_env) is { Length: > 0 });
        if (container is not null && disturbance is not null)
        {
            throw new SubjectException("Either a container to start and stop, or --disturb for what runs already");
        }

        if (command.Length == 0 && container is null)
        {
            throw new SubjectException("Nothing to test: descarte prove [options] -- COMMAND, or --image IMAGE, or --url URL --disturb COMMAND for what runs already");
        }

        var unknown = (parsed.GetValue(_clause) ?? []).FirstOrDefault(id => Conformance.Clauses.Catalog.Find(id) is null);
        if (unknown is not null)
        {
            throw new SubjectException($"There is no clause {unknown}: descarte clauses lists them");
        }

        var url = parsed.GetValue(_url);
        var target = url is null ? null : Where(url);
        var (counterPath, counterPattern) = Counter(parsed.GetValue(_counter));
        return new ProveOptions
        {
            Subject = new SubjectOptions
            {
                Command = command,
                Container = container,
                StopSignalName = parsed.GetValue(_stopSignal),
                Target = target is null ? null : target with { Insecure = parsed.GetValue(_insecure) },
                WorkingDirectory = Folder(parsed.GetValue(_cwd) ?? "."),
                Environment = [.. (parsed.GetValue(_env) ?? []).Select(variable => Pair(variable, '=', "--env NAME=VALUE"))],
                Headers = [.. (parsed.GetValue(_header) ?? []).Select(Header)],
            },
            Settings = new Settings
            {
                Path = target is null or { IsUnix: true } ? "/" : PathOf(url!),
                Slow = Rooted(parsed.GetValue(_slow), "--slow"),
                Download = Rooted(parsed.GetValue(_download), "--download"),
                Upload = Rooted(parsed.GetValue(_upload), "--upload"),
                EventStream = Rooted(parsed.GetValue(_sse), "--sse"),
                WebSocket = Rooted(parsed.GetValue(_websocket), "--websocket"),
                Http2 = parsed.GetValue(_http2),
                Ready = Rooted(parsed.GetValue(_ready), "--ready"),
                CounterPath = counterPath,
                CounterPattern = counterPattern,
                GraceMs = Milliseconds(parsed.GetValue(_grace) ?? Grace, "--grace"),
                StartBudgetMs = Milliseconds(parsed.GetValue(_startBudget) ?? StartBudget, "--start-budget"),
                WatchdogMs = parsed.GetValue(_watchdog) is { } watchdog ? Milliseconds(watchdog, "--watchdog") : null,
                Container = container?.ToString(),
                Disturbance = disturbance,
                SettleMs = Milliseconds(parsed.GetValue(_settle) ?? Settle, "--settle"),
                Seed = parsed.GetValue(_seed) ?? Random.Shared.Next(1, 1_000_000),
                Quick = parsed.GetValue(_quick),
                Clauses = parsed.GetValue(_clause) ?? [],
            },
        };
    }

    /// <summary>Its words: no shell reads them, but quotes keep what belongs together.</summary>
    static string[] Disturbing(string disturbance, string[] command, string? url) =>
        command.Length > 0 ? throw new SubjectException("Either a command behind -- to start and stop, or --disturb for what runs already")
        : url is null ? throw new SubjectException("--disturb needs --url: where the service is that the command disturbs")
        : System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(disturbance).ToArray() is { Length: > 0 } words ? words
        : throw new SubjectException("--disturb takes a command, as in 'docker service update --force web'");

    static Target Where(string url)
    {
        try
        {
            return Target.Parse(url);
        }
        catch (FormatException exception)
        {
            throw new SubjectException($"--url: {exception.Message}");
        }
        catch (System.Net.Sockets.SocketException exception)
        {
            throw new SubjectException($"--url {url}: {exception.Message}");
        }
        catch (ArgumentException exception)
        {
            throw new SubjectException($"--url {url}: {(url.Contains("://unix:", StringComparison.Ordinal) ? "the path of a Unix socket has 1 to 107 bytes" : exception.Message)}");
        }
    }

    static int Milliseconds(TimeSpan time, string option) => time is { TotalMilliseconds: >= 1, TotalHours: <= 1 }
        ? (int)time.TotalMilliseconds
        : throw new SubjectException($"{option} takes a time above zero, up to an hour");

    static string PathOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.PathAndQuery.StartsWith('/') ? uri.PathAndQuery : "/";

    static string? Rooted(string? path, string option) =>
        path is null || path.StartsWith('/') ? path : throw new SubjectException($"{option} takes a path from the slash on, not '{path}'");

    static (string? Path, string? Pattern) Counter(string? text)
    {
        if (text is null)
        {
            return (null, null);
        }

        var space = text.IndexOf(' ', StringComparison.Ordinal);
        if (!text.StartsWith('/') || space < 0)
        {
            throw new SubjectException($"--counter takes a path, a space and a regular expression with one group, as in '/ (\\d+) times', not '{text}'");
        }

        var pattern = text[(space + 1)..];
        try
        {
            if (new System.Text.RegularExpressions.Regex(pattern).GetGroupNumbers().Length < 2)
            {
                throw new SubjectException($"--counter: '{pattern}' has no group around the number, as in '(\\d+) times'");
            }
        }
        catch (ArgumentException exception)
        {
            throw new SubjectException($"--counter: {exception.Message}");
        }

        return (text[..space], pattern);
    }

    static string Folder(string path) => path.Length > 0 ? Path.GetFullPath(path) : throw new SubjectException("--cwd takes a folder");

    static KeyValuePair<string, string> Header(string field)
    {
        var (name, value) = Pair(field, ':', "--header 'Name: value'");
        return new(name.Trim(), value.Trim());
    }

    static KeyValuePair<string, string> Pair(string text, char separator, string form)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at > 0 ? new(text[..at], text[(at + 1)..]) : throw new SubjectException($"'{text}' should have the form {form}");
    }
}
