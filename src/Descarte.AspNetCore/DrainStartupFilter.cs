using Descarte.Connections;
using Descarte.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;

namespace Descarte;

/// <summary>Puts the tracking of requests around the whole application, so that nobody has to remember a call, and the health endpoints inside it.</summary>
sealed class DrainStartupFilter(IOptions<HttpDrainOptions> options, ConnectionRegistry connections, Closing closing, CutList cut, IServer server) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        // A server registered later takes the place of the one that waits for the drain, and would drop what is under way at once.
        if (server is not DrainServer && server.GetType().Namespace?.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) == true)
        {
            throw new InvalidOperationException("UseKestrel came after AddGracefulDrain and has taken its place: call AddGracefulDrain last, or ConfigureKestrel instead of UseKestrel");
        }

        app.Use(following => new RequestTracking(following, connections, closing, cut).Invoke);
        if (options.Value.ReadinessPath is { } ready)
        {
            app.UseHealthChecks(ready, new HealthCheckOptions { Predicate = check => !check.Tags.Contains("live") });
        }

        if (options.Value.LivenessPath is { } live)
        {
            app.UseHealthChecks(live, new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") });
        }

        next(app);
    };
}
