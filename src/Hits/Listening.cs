using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

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
        if (urls.Concat(endpoints).Any(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)) || settings.InheritsHttps)
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
        catch (Exception exception) when (StartTrouble.IsOfSettings(exception))
        {
            throw new BadSettingException(Line(exception, addresses, Endpoints(app.Configuration)));
        }
    }

    static string Line(Exception exception, Addresses addresses, string[] endpoints)
    {
        var names = endpoints.Length == 0 ? addresses.Urls : endpoints;
        var where = endpoints.Length == 0 ? addresses.ToString() : "Kestrel:Endpoints: " + Printable.Line(string.Join(';', endpoints));
        var reason = names.All(name => name.Contains("://unix:", StringComparison.Ordinal)) ? UnixReason(exception) : Reason(exception);
        return exception is OptionsValidationException ? StartTrouble.Line(exception) : $"{where}: {reason}";
    }

    /// <summary>The addresses of Kestrel:Endpoints.</summary>
    public static string[] Endpoints(IConfiguration configuration) =>
        [.. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? endpoint.Key)];

    static string Reason(Exception exception) => exception switch
    {
        _ when Is(exception, SocketError.AddressAlreadyInUse) => "the port is taken by another process; stop that one or choose another port",
        _ when Is(exception, SocketError.AccessDenied) => "no permission to listen there; choose a port from 1024 on",
        _ when Is(exception, SocketError.AddressNotAvailable) => "this machine has no such address; choose one of its own, or localhost",
        _ => StartTrouble.Line(exception),
    };

    // The same errors mean something else for a path, see unix(7).
    static string UnixReason(Exception exception) => exception switch
    {
        _ when Is(exception, SocketError.AddressAlreadyInUse) => "a process listens there, or a file is in the way; stop that one, remove it or choose another path",
        _ when Is(exception, SocketError.AccessDenied) => "no permission to create a socket there; choose a folder that this process may write to",
        _ when Is(exception, SocketError.AddressNotAvailable) => "the socket cannot be created there; choose a folder that exists",
        _ => StartTrouble.Line(exception),
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
