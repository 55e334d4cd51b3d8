using Descarte.Connections;
using Descarte.Doors;
using Descarte.LongConnections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Descarte;

/// <summary>The one line for ASP.NET Core.</summary>
public static class WebApplicationBuilderExtensions
{
    /// <summary>
    /// Gives the application a drain that loses no request. On SIGTERM, SIGINT or SIGQUIT readiness fails, new
    /// connections are refused without dropping those in the queue, what was sent is answered, event streams and
    /// WebSockets are ended, and the process exits by itself before the grace period does. Adds the endpoints
    /// <c>/readyz</c> and <c>/livez</c>, and listens on the sockets of <c>LISTEN_FDS</c> when they are meant for this process.
    /// As process 1 of a container, where the kernel drops a signal without a handler, SIGTERM, SIGINT or SIGQUIT ends the process at once, with exit code 143, from this call
    /// until the host starts; handlers that were registered before are not called in this time, so add the drain to the first host of the process.
    /// </summary>
    /// <param name="builder">The application's builder.</param>
    /// <param name="configure">Sets options in code, after the configuration section <c>Descarte</c>.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="OptionsValidationException">At start: an option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">At start: <c>UseKestrel</c> was called after this method. <c>ConfigureKestrel</c> may come at any time.</exception>
    public static WebApplicationBuilder AddGracefulDrain(this WebApplicationBuilder builder, Action<HttpDrainOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        var isFirst = services.All(service => service.ServiceType != typeof(Closing));
        var options = services.AddOptions<HttpDrainOptions>();
        if (isFirst)
        {
            // Once, and before what code sets, also through the method for any host.
            options.Configure(options => builder.Configuration.GetSection(DrainOptions.Section).Bind(options));
            options.Configure<IEnumerable<IConfigureOptions<DrainOptions>>>((options, ofAnyHost) =>
            {
                foreach (var set in ofAnyHost)
                {
                    set.Configure(options);
                }
            });
        }

        if (configure is not null)
        {
            options.Configure(configure);
        }

        if (!isFirst)
        {
            return builder;
        }

        services.AddSingleton<IValidateOptions<HttpDrainOptions>, HttpDrainOptionsValidator>();
        services.AddSingleton<IOptions<DrainOptions>>(provider => provider.GetRequiredService<IOptions<HttpDrainOptions>>());
        HostApplicationBuilderExtensions.AddDrain<HttpDrainOptions>(services);

        services.AddSingleton<Closing>();
        services.AddSingleton<ConnectionRegistry>();
        services.AddSingleton<DoorRegistry>();
        services.AddSingleton<HubConnections>();
        services.AddOptions<HubOptions>().Configure<HubConnections>((hub, connections) => hub.AddFilter(connections));
        services.AddSingleton<IProgressProbe>(provider => provider.GetRequiredService<DoorRegistry>());
        services.AddSingleton<IDrainParticipant, HttpDrain>();
        services.AddHealthChecks().AddCheck<DrainHealthCheck>("drain");

        // First in the list is outermost in the pipeline.
        services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, DrainStartupFilter>());
        services.AddOptions<SocketTransportOptions>().PostConfigure<DoorRegistry>((transport, doors) =>
        {
            var bind = transport.CreateBoundListenSocket;
            transport.CreateBoundListenSocket = endPoint => doors.Bind(endPoint, bind);
        });
        services.Configure<KestrelServerOptions>(InheritedListeners.Listen);
        services.Decorate<IConnectionListenerFactory>((provider, transport) => ActivatorUtilities.CreateInstance<DoorListenerFactory>(provider, transport));
        services.Decorate<IServer>((provider, server) => ActivatorUtilities.CreateInstance<DrainServer>(provider, server));
        return builder;
    }
}
