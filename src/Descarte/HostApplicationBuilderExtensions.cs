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
    /// As process 1 of a container, where the kernel drops a signal without a handler, SIGTERM, SIGINT or SIGQUIT ends the process at once, with exit code 143, from this call
    /// until the host starts; handlers that were registered before are not called in this time, so add the drain to the first host of the process.
    /// For an ASP.NET Core application call the method of the same name in the package Descarte.AspNetCore, on a variable of type
    /// <c>WebApplicationBuilder</c>; it may be called beside this one, in either order.
    /// </summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="configure">Sets options in code, after the configuration section <c>Descarte</c>.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="OptionsValidationException">At start: an option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">At start: the application serves HTTP, and nobody drains its requests.</exception>
    public static IHostApplicationBuilder AddGracefulDrain(this IHostApplicationBuilder builder, Action<DrainOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Services.AddOptions<DrainOptions>();
        if (!IsAdded(builder.Services))
        {
            // Once: bound again by a later call, the section would win over what the code of this one has set.
            options.Configure(options => builder.Configuration.GetSection(DrainOptions.Section).Bind(options));
        }

        if (configure is not null)
        {
            options.Configure(configure);
        }

        AddDrain<DrainOptions>(builder.Services);
        return builder;
    }

    static bool IsAdded(IServiceCollection services) => services.Any(service => service.ServiceType == typeof(DrainLoop));

    internal static void AddDrain<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(IServiceCollection services) where TOptions : DrainOptions
    {
        // What the loop is made with is validated by its making, before the host starts.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, DrainOptionsValidator<TOptions>>());
        if (IsAdded(services))
        {
            return;
        }

        if (StopSignals.IsProcess1)
        {
            EarlySignals.OfProcess.Listen();
        }

        services.AddSingleton(new HttpHalf(services));
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
        services.AddSingleton<StopSignals>();
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
