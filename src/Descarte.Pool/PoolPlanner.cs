using System.Globalization;
using Descarte.Pool.Listening;
using Descarte.Pool.Reconciling;

namespace Descarte.Pool;

/// <summary>Options, variables and arguments, checked and made a plan of.</summary>
static class PoolPlanner
{
    public const string Concurrency = "WEB_CONCURRENCY";

    /// <summary>Two are the least of which one may be lost.</summary>
    const int DefaultWorkers = 2;

    /// <summary>How many workers; 0 for no pool.</summary>
    /// <exception cref="PoolException">It is no number of workers.</exception>
    public static int Workers(ProcessPoolOptions options, Func<string, string?> environment) =>
        options.Workers is { } given
            ? Check(given is >= 0 and <= ProcessPoolOptions.MostWorkers, given, $"Workers: '{given}' is not a number of workers (0 to {ProcessPoolOptions.MostWorkers})")
            : environment(Concurrency) is { Length: > 0 } text ? ParseWorkers(text, Concurrency, least: 0, PoolException.Configuration) : DefaultWorkers;

    /// <param name="text">A number, or auto for one a processor.</param>
    /// <param name="source">Who says so.</param>
    /// <param name="least">The least that makes sense there.</param>
    /// <param name="exitCode">Of the exception.</param>
    /// <exception cref="PoolException">It is neither.</exception>
    public static int ParseWorkers(string text, string source, int least, int exitCode = PoolException.Usage) =>
        text.Equals("auto", StringComparison.OrdinalIgnoreCase)
            ? Math.Min(Environment.ProcessorCount, ProcessPoolOptions.MostWorkers)
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= ProcessPoolOptions.MostWorkers
                ? number
                : throw new PoolException($"{source}: '{ListenAddress.OneLine(text)}' is not a number of workers ({least} to {ProcessPoolOptions.MostWorkers}, or auto)", exitCode);

    /// <param name="options">To be checked.</param>
    /// <param name="workers">How many.</param>
    /// <param name="spell">What the user calls an option; null where they know its name in code.</param>
    /// <exception cref="PoolException">An option is out of its range.</exception>
    public static PoolRules Rules(ProcessPoolOptions options, int workers, Func<string, string>? spell = null)
    {
        spell ??= static name => name;
        return new PoolRules
        {
            Workers = workers,
            MostBooting = Math.Max(4, 2 * Environment.ProcessorCount),
            Grace = InRange(nameof(options.GracePeriod), options.GracePeriod, TimeSpan.Zero, TimeSpan.FromDays(1)),
            Watchdog = InRange(nameof(options.Watchdog), options.Watchdog, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            BootTimeout = InRange(nameof(options.BootTimeout), options.BootTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            ReadyAfter = InRange(nameof(options.ReadyAfter), options.ReadyAfter, TimeSpan.Zero, TimeSpan.FromHours(1)),
            MaxAge = options.MaxAge is { } age ? InRange(nameof(options.MaxAge), age, TimeSpan.FromSeconds(1), TimeSpan.FromDays(365)) : null,
            MaxMemory = options.MaxMemory is { } memory
                ? Check(memory >= 1_048_576, memory, $"{spell(nameof(options.MaxMemory))}: '{memory}' is less than 1 MiB (1048576)")
                : null,
        };

        TimeSpan InRange(string name, TimeSpan value, TimeSpan least, TimeSpan most) =>
            Check(value >= least && value <= most, value, $"{spell(name)}: '{value}' is out of range ({least} to {most})");
    }

    /// <exception cref="PoolException">It has other characters than letters, digits, dots, dashes and underscores, or too many.</exception>
    public static string? Name(string? name) => name is null ? null : Check(
        name.Length is > 0 and <= 64 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'),
        name,
        $"'{ListenAddress.OneLine(name)}' is not a name for a pool (1 to 64 letters, digits, dots, dashes and underscores)");

    /// <summary>A program's file name, made a name for a pool.</summary>
    public static string DefaultName(string path)
    {
        var name = string.Concat(Path.GetFileNameWithoutExtension(path).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')).TrimStart('-');
        return name.Length == 0 ? "pool" : name[..Math.Min(name.Length, 40)];
    }

    /// <summary>Where a web application listens: what code says, then <c>--urls</c>, PORT, ASPNETCORE_URLS, and ASP.NET Core's default.</summary>
    /// <exception cref="PoolException">One is no address.</exception>
    public static (IReadOnlyList<ListenAddress> Addresses, string? Origin) Listen(
        ProcessPoolOptions options, IReadOnlyList<string> arguments, Func<string, string?> environment)
    {
        var (urls, origin) = options.Listen.Count > 0
            ? (string.Join(';', options.Listen), options.ListenOrigin)
            : FromCommandLine(arguments) is { } given ? (given, "--urls")
            : environment("PORT") is { Length: > 0 } port ? ($"http://localhost:{port}", "PORT")
            : First(environment, "ASPNETCORE_URLS", "DOTNET_URLS", "URLS") is { } variable ? variable
            : Ports(environment) is { } ports ? ports
            : ("http://localhost:5000", null);
        try
        {
            return ([.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ListenAddress.Parse)], origin);
        }
        catch (PoolException e) when (origin is not null)
        {
            throw new PoolException($"{origin}: {e.Message}", PoolException.Configuration, e);
        }
    }

    static (string Value, string? Name)? First(Func<string, string?> environment, params string[] names) =>
        names.Select(name => (Value: environment(name), Name: (string?)name)).FirstOrDefault(variable => variable.Value is { Length: > 0 }) is ({ } value, var name)
            ? (value, name)
            : null;

    /// <summary>Ports on every interface, as Microsoft's images of ASP.NET Core set them.</summary>
    static (string Urls, string? Origin)? Ports(Func<string, string?> environment)
    {
        var http = First(environment, "ASPNETCORE_HTTP_PORTS", "DOTNET_HTTP_PORTS", "HTTP_PORTS");
        var https = First(environment, "ASPNETCORE_HTTPS_PORTS", "DOTNET_HTTPS_PORTS", "HTTPS_PORTS");
        return http is null && https is null ? null : (string.Join(';', Urls("http", http).Concat(Urls("https", https))), (http ?? https)!.Value.Name);

        static IEnumerable<string> Urls(string scheme, (string Value, string? Name)? ports) =>
            (ports?.Value ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(port => $"{scheme}://*:{port}");
    }

    static string? FromCommandLine(IReadOnlyList<string> arguments)
    {
        for (var index = 0; index < arguments.Count; index++)
        {
            if (arguments[index] == "--urls" && index + 1 < arguments.Count)
            {
                return arguments[index + 1];
            }

            if (arguments[index].StartsWith("--urls=", StringComparison.Ordinal))
            {
                return arguments[index]["--urls=".Length..];
            }
        }

        return null;
    }

    static T Check<T>(bool holds, T value, string message) => holds ? value : throw new PoolException(message, PoolException.Usage);
}
