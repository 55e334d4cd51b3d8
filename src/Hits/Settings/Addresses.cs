using System.Net;
using System.Net.Sockets;

namespace Hits;

/// <summary>Where to listen.</summary>
/// <param name="Source">Who says so: <c>--urls</c>, <c>PORT</c>, <c>ASPNETCORE_URLS</c>; null for the default.</param>
/// <param name="Urls">At least one, as Kestrel understands them.</param>
internal sealed record Addresses(string? Source, IReadOnlyList<string> Urls)
{
    const string DefaultHost = "http://localhost";
    const string Example = "http://localhost:5000, http://127.0.0.1:5000, http://[::1]:5000, http://+:5000 for all interfaces, or http://unix:/run/hits.sock";

    /// <summary>
    /// <c>--urls</c> before <c>PORT</c> before <c>ASPNETCORE_URLS</c> before <c>http://localhost:5000</c>. PORT says the
    /// port alone: the host stays what ASPNETCORE_URLS says, and without it loopback, because a service is open to the
    /// network only where somebody asked for that.
    /// </summary>
    internal static Addresses Read(IReadOnlyList<string> arguments, Func<string, string?> value)
    {
        var urls = value("ASPNETCORE_URLS");
        if (FromCommandLine(arguments) is { } given)
        {
            return Parse("--urls", given);
        }

        if (value("PORT") is { } port)
        {
            var host = urls is null ? DefaultHost : Host(Parse("ASPNETCORE_URLS", urls).Urls[0]);
            return new Addresses("PORT", [$"{host}:{Port.Parse("PORT", port)}"]);
        }

        return urls is null ? new Addresses(null, [DefaultHost + ":5000"]) : Parse("ASPNETCORE_URLS", urls);
    }

    /// <summary>How it reads in a line for a person: <c>PORT: http://localhost:80</c>.</summary>
    public override string ToString() => (Source is null ? "" : Source + ": ") + Printable.Line(string.Join(';', Urls));

    static string? FromCommandLine(IReadOnlyList<string> arguments)
    {
        for (var index = 0; index < arguments.Count; index++)
        {
            if (arguments[index] == "--urls")
            {
                return index + 1 < arguments.Count ? arguments[index + 1] : "";
            }

            if (arguments[index].StartsWith("--urls=", StringComparison.Ordinal))
            {
                return arguments[index]["--urls=".Length..];
            }
        }

        return null;
    }

    static Addresses Parse(string source, string text)
    {
        var urls = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return urls.Length > 0 && urls.All(IsAddress)
            ? new Addresses(source, urls)
            : throw new BadSettingException($"{source}: '{Printable.Line(text)}' is not an address to listen on ({Example})");
    }

    static bool IsAddress(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https"
                && address.PathBase.Length == 0
                && (address.IsUnixPipe ? IsSocketPath(address.UnixPipePath) : IsHost(address) && address.Port is >= 0 and <= 65535);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return false;
        }
    }

    // A socket's name has room for some hundred bytes, see unix(7).
    static bool IsSocketPath(string path) => Path.IsPathRooted(path) && new UnixDomainSocketEndPoint(path) is not null;

    // Kestrel listens on every interface for a host that it does not know as an address or as localhost: a slip of the
    // pen in "localhost" would open the service to the network. Two sockets, IPv4 and IPv6, cannot share a port 0.
    static bool IsHost(BindingAddress address) => address.Host switch
    {
        "+" or "*" => true,
        var host when IsLocalhost(host) => address.Port != 0,
        var host => IPAddress.TryParse(host, out _),
    };

    static bool IsLocalhost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    static string Host(string url)
    {
        var address = BindingAddress.Parse(url);
        return address.IsUnixPipe ? DefaultHost : $"{address.Scheme}://{address.Host}";
    }
}
