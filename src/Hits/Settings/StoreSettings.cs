using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace Hits;

/// <summary>Where the hits are counted.</summary>
internal abstract record StoreSettings
{
    const int DefaultRedisPort = 6379;

    /// <summary>
    /// ConnectionStrings__Redis, else HOST_REDIS and PORT_REDIS (either alone is enough: localhost, 6379), else SQLite in
    /// the file HITS_DB (default: hits.db in the working directory).
    /// </summary>
    internal static StoreSettings Read(Func<string, string?> value)
    {
        if (value("ConnectionStrings__Redis") is { } connectionString)
        {
            return new RedisSettings(ParseConnectionString(connectionString));
        }

        var (host, port) = (value("HOST_REDIS"), value("PORT_REDIS"));
        return host is null && port is null
            ? new SqliteSettings(value("HITS_DB") ?? "hits.db")
            : new RedisSettings(Server(host ?? "localhost", Port.Parse("PORT_REDIS", port, DefaultRedisPort)));
    }

    static ConfigurationOptions Server(string host, int port)
    {
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            throw new BadSettingException(
                $"HOST_REDIS: '{Printable.Line(host)}' is not a host name or IP address (the port goes into PORT_REDIS)");
        }

        return new ConfigurationOptions
        {
            EndPoints = { { host.Trim('[', ']'), port } },

            // One server without failover: nothing to vote on and nobody to announce it, so no second connection for
            // subscriptions either.
            TieBreaker = "",
            ConfigurationChannel = "",
            CommandMap = CommandMap.Create(["SUBSCRIBE"], available: false),
        };
    }

    static ConfigurationOptions ParseConnectionString(string text)
    {
        try
        {
            var options = ConfigurationOptions.Parse(text);
            if (options.EndPoints.Count > 0 && options.EndPoints.All(IsPlausible) && options.DefaultDatabase is null or >= 0)
            {
                return options;
            }
        }
        catch (ArgumentException)
        {
            // What is wrong with it may hold a part of the password: it is not repeated.
        }

        throw new BadSettingException(
            $"ConnectionStrings__Redis: '{Printable.Line(WithoutSecrets(text))}' is not a connection string of StackExchange.Redis "
            + "(such as redis:6379,user=me,password=secret,ssl=true)");
    }

    // The parser takes any text without '=' for a host, a URI and half a password too.
    static bool IsPlausible(EndPoint endPoint) =>
        endPoint is not DnsEndPoint dns || Uri.CheckHostName(dns.Host) != UriHostNameType.Unknown;

    // What follows the first word that may be a secret is not shown at all: a password may hold a comma.
    static string WithoutSecrets(string text)
    {
        var secret = text.IndexOf("password", StringComparison.OrdinalIgnoreCase);
        var end = secret >= 0 ? secret : text.Contains('@') ? 0 : text.Length;
        return end == text.Length ? text : text[..end] + "…";
    }
}

/// <summary>A Redis server, or what StackExchange.Redis makes of several.</summary>
internal sealed record RedisSettings(ConfigurationOptions Options) : StoreSettings
{
    /// <summary>The servers, without user or password: <c>redis:6379</c>.</summary>
    public string Servers => string.Join(", ", Options.EndPoints.Select(Name));

    static string Name(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => string.Create(CultureInfo.InvariantCulture, $"{dns.Host}:{dns.Port}"),
        _ => endPoint.ToString()!,
    };
}

/// <summary>The embedded store.</summary>
/// <param name="Path">The file, as it was given.</param>
internal sealed record SqliteSettings(string Path) : StoreSettings;
