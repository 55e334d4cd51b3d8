using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;

namespace Hits;

/// <summary>Where Kestrel listens, and what to say when it cannot.</summary>
internal static class Listening
{
    /// <summary>
    /// Inherited sockets go before Kestrel:Endpoints in the configuration (with certificates, or HTTP/2 in clear text), and
    /// those before the addresses.
    /// </summary>
    public static void Configure(WebApplicationBuilder builder, HitsSettings settings)
    {
        var endpoints = Endpoints(builder.Configuration);
        var urls = settings.InheritsListeners || endpoints.Length > 0 ? [] : settings.Addresses.Urls;
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, string.Join(';', urls));

        // Set in Microsoft's images; here an address is chosen in one way only.
        builder.WebHost.UseSetting(WebHostDefaults.HttpPortsKey, "");
        builder.WebHost.UseSetting(WebHostDefaults.HttpsPortsKey, "");
        builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false);
        if (urls.Concat(endpoints).Any(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }
    }

    /// <exception cref="BadSettingException">It cannot listen where it should.</exception>
    public static async Task StartAsync(WebApplication app, Addresses addresses)
    {
        try
        {
            await app.StartAsync();
            HostLog.Started();
        }
        catch (Exception exception) when (Reason(exception) is { } reason)
        {
            var endpoints = Endpoints(app.Configuration);
            var where = endpoints.Length == 0 ? addresses.ToString() : "Kestrel:Endpoints: " + Printable.Line(string.Join(';', endpoints));
            throw new BadSettingException($"{where}: {Printable.Line(reason)}");
        }
    }

    static string[] Endpoints(IConfiguration configuration) =>
        [.. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? endpoint.Key)];

    static string? Reason(Exception exception) => exception switch
    {
        _ when Is(exception, SocketError.AddressAlreadyInUse) => "the port is taken by another process; stop that one or choose another port",
        _ when Is(exception, SocketError.AccessDenied) => "no permission to listen there; choose a port from 1024 on",
        _ when Is(exception, SocketError.AddressNotAvailable) => "this machine has no such address; choose one of its own, or localhost",
        IOException or SocketException or CryptographicException => exception.Message,

        // An endpoint that Kestrel cannot make sense of, such as https without a certificate.
        InvalidOperationException { Source: "Microsoft.AspNetCore.Server.Kestrel.Core" } => exception.Message,
        _ => null,
    };

    // The error may be wrapped, in one exception for each interface of localhost too.
    static bool Is(Exception? exception, SocketError error) => exception switch
    {
        null => false,
        SocketException socket => socket.SocketErrorCode == error,
        AddressInUseException => error == SocketError.AddressAlreadyInUse,
        AggregateException several => several.InnerExceptions.Any(inner => Is(inner, error)),
        _ => Is(exception.InnerException, error),
    };
}
