using System.Net;
using System.Net.Sockets;

namespace Descarte.Conformance.Client;

/// <summary>Where the client connects to: one address, resolved once, so that no connect is silently tried elsewhere.</summary>
/// <param name="EndPoint">A TCP address (v4 or v6) or a Unix socket.</param>
/// <param name="Authority">The value of the Host header, unless the request has its own, and the name asked for in TLS.</param>
/// <param name="Tls">Whether the connection is encrypted.</param>
public sealed record Target(EndPoint EndPoint, string Authority, bool Tls = false)
{
    const string UnixPrefix = "unix:";

    /// <summary>Whether any certificate will do. The certificate is not what is measured, but the user has to say so.</summary>
    public bool Insecure { get; init; }

    /// <summary>Further addresses of the name: localhost has one of each protocol, and few servers listen on both.</summary>
    public IReadOnlyList<IPAddress> OtherAddresses { get; init; } = [];

    /// <summary>This one, and the same at each other address.</summary>
    public IEnumerable<Target> All => OtherAddresses.Select(address => this with { EndPoint = new IPEndPoint(address, Port), OtherAddresses = [] }).Prepend(this with { OtherAddresses = [] });

    /// <summary>Whether it is a Unix socket.</summary>
    public bool IsUnix => EndPoint.AddressFamily == AddressFamily.Unix;

    /// <summary>The TCP port; 0 for a Unix socket.</summary>
    public int Port => (EndPoint as IPEndPoint)?.Port ?? 0;

    /// <summary>Size of the socket's receive buffer in bytes, for a client that cannot take much at a time; 0 for what the system gives.</summary>
    public int ReceiveBuffer { get; init; }

    /// <summary>Reads <c>http://host:port</c>, <c>https://host:port</c> or <c>http://unix:/path/to/socket</c>; a path after the port is ignored.</summary>
    /// <exception cref="FormatException">The text is none of these.</exception>
    /// <exception cref="SocketException">The host name is unknown.</exception>
    public static Target Parse(string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0 && url.AsSpan(scheme + 3).StartsWith(UnixPrefix))
        {
            return Unix(url[(scheme + 3 + UnixPrefix.Length)..]) with { Tls = url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) };
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            throw new FormatException($"'{url}' is not an address: it should be http://host:port, https://host:port or http://unix:/path");
        }

        var addresses = IPAddress.TryParse(uri.DnsSafeHost, out var literal) ? [literal] : Dns.GetHostAddresses(uri.DnsSafeHost);
        return new Target(new IPEndPoint(addresses[0], uri.Port), uri.Authority, uri.Scheme == Uri.UriSchemeHttps) { OtherAddresses = addresses.Length > 1 ? addresses[1..] : [] };
    }

    /// <summary>The same port, at another address; null for the one it has.</summary>
    public Target At(IPAddress? address) => address is null || EndPoint is not IPEndPoint ? this
        : this with { EndPoint = new IPEndPoint(address, Port), Authority = new IPEndPoint(address, Port).ToString() };

    /// <summary>A TCP port of this machine, on 127.0.0.1.</summary>
    public static Target Loopback(int port) => new(new IPEndPoint(IPAddress.Loopback, port), $"127.0.0.1:{port}");

    /// <summary>A Unix stream socket.</summary>
    public static Target Unix(string path) => new(new UnixDomainSocketEndPoint(path), "localhost");
}
