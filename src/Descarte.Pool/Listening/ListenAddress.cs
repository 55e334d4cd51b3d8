using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Descarte.Pool.Listening;

/// <summary>An address to listen on, as people write it.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Name">Its name in LISTEN_FDNAMES: the scheme, from which a worker knows whether to speak TLS.</param>
/// <param name="EndPoints">One socket each; two for localhost, which is IPv4 and IPv6.</param>
sealed record ListenAddress(string Text, string Name, IReadOnlyList<EndPoint> EndPoints)
{
    const string Forms = "http://127.0.0.1:5000, localhost:5000, [::1]:5000, :5000 for every interface, or unix:/run/app.sock";

    /// <exception cref="PoolException">It is no address.</exception>
    public static ListenAddress Parse(string text) =>
        TryParse(text) ?? throw new PoolException($"'{OneLine(text)}' is not an address to listen on ({Forms})", PoolException.Usage);

    /// <summary>Whether two sockets, IPv4 and IPv6, stand for it, of which the second may be missing on this machine.</summary>
    public bool IsLocalhost => EndPoints.Count > 1;

    public static bool IsScheme(string name) => name is "http" or "https" or "tcp";

    static ListenAddress? TryParse(string text)
    {
        var (scheme, rest) = text.Split("://", 2) is [var before, var after] ? (before.ToLowerInvariant(), after) : ("http", text);
        if (!IsScheme(scheme))
        {
            return null;
        }

        rest = rest.TrimEnd('/');
        if (rest.StartsWith("unix:", StringComparison.Ordinal))
        {
            return rest["unix:".Length..] is ['/', ..] path && IsSocketPath(path)
                ? new ListenAddress(text, scheme, [new UnixDomainSocketEndPoint(path)])
                : null;
        }

        var colon = rest.LastIndexOf(':');
        var host = colon < 0 ? rest : rest[..colon];
        var digits = colon < 0 || rest.EndsWith(']') ? scheme == "https" ? "443" : "80" : rest[(colon + 1)..];
        if ((colon < 0 && scheme == "http" && !text.Contains("://", StringComparison.Ordinal))
            || !ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        return Addresses(rest.EndsWith(']') ? rest : host) is { Length: > 0 } addresses && !(addresses.Length > 1 && port == 0)
            ? new ListenAddress(text, scheme, [.. addresses.Select(address => new IPEndPoint(address, port))])
            : null;
    }

    static IPAddress[] Addresses(string host) => host.ToLowerInvariant() switch
    {
        "" or "+" or "*" => [IPAddress.IPv6Any],
        "localhost" => [IPAddress.Loopback, IPAddress.IPv6Loopback],
        var name when name.EndsWith(".localhost", StringComparison.Ordinal) => [IPAddress.Loopback, IPAddress.IPv6Loopback],
        _ => IPAddress.TryParse(host, out var address) ? [address] : [],
    };

    // A socket's name has room for some hundred bytes, see unix(7).
    static bool IsSocketPath(string path)
    {
        try
        {
            return new UnixDomainSocketEndPoint(path) is not null;
        }
        catch (ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    public static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
