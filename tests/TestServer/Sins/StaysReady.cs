using Descarte;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>3.2: says that it is ready as long as it lives, so that no load balancer ever looks elsewhere.</summary>
static class StaysReady
{
    public static Task RunAsync(string[] args) => WellBehavedServer.Build(
        args,
        builder => builder.Services.PostConfigure<HttpDrainOptions>(options => options.ReadinessPath = null),
        app => app.MapGet("/readyz", () => "Healthy")).RunAsync();
}
