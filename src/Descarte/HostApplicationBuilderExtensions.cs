using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Descarte;

/// <summary>The one line for any generic host.</summary>
public static class HostApplicationBuilderExtensions
{
    /// <summary>
    /// Gives the host a drain: on SIGTERM, SIGINT or SIGQUIT all hosted services learn of the stop at the same time,
    /// tracked work is finished, and the process ends by itself before the grace period does, whatever hangs.
    /// For an ASP.NET Core application call the method of the same name in the package Descarte.AspNetCore.
    /// </summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="configure">Sets options in code, after the configuration section <c>Descarte</c>.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IHostApplicationBuilder AddGracefulDrain(this IHostApplicationBuilder builder, Action<DrainOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Services.AddOptions<DrainOptions>().Configure(options => builder.Configuration.GetSection(DrainOptions.Section).Bind(options));
        if (configure is not null)
        {
            options.Configure(configure);
        }

        AddDrain<DrainOptions>(builder.Services);
        return builder;
    }

    internal static void AddDrain<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(IServiceCollection services) where TOptions : DrainOptions
    {
        if (services.Any(service => service.ServiceType == typeof(DrainLoop)))
        {
            return;
        }

        services.AddOptions<TOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>, DrainOptionsValidator<TOptions>>();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DrainClock>();
        services.AddSingleton<DrainMetrics>();
        services.AddSingleton<CutList>();
        services.AddSingleton<HostedServices>();
        services.AddSingleton<DrainReporter>();
        services.AddSingleton<ServiceManager>();
        services.AddSingleton<WorkTracker>();
        services.AddSingleton<IWorkTracker>(provider => provider.GetRequiredService<WorkTracker>());
        services.AddSingleton<IDrainParticipant>(provider => provider.GetRequiredService<WorkTracker>());
        services.AddSingleton<DrainLoop>();
        services.AddSingleton<IDrain>(provider => provider.GetRequiredService<DrainLoop>());
        services.AddSingleton<IHostLifetime, DrainLifetime>();
        services.AddHostedService<WorkDrain>();
        services.AddOptions<HostOptions>().PostConfigure<IOptions<DrainOptions>>((host, drain) =>
        {
            // One after the other, a slow service would take the time of those after it, and HTTP would come before all.
            host.ServicesStopConcurrently = true;
            host.ShutdownTimeout = drain.Value.CutAfter - drain.Value.LameDuck;
        });
    }
}
