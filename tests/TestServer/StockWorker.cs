using Microsoft.AspNetCore.Hosting;

namespace TestServer;

/// <summary>The default host on the sockets of LISTEN_FDS: the control among the workers of a pool, which must lose requests.</summary>
static class StockWorker
{
    public static Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.UseSystemd());
        var app = builder.Build();
        var hits = 0L;
        app.MapGet("/", () => $"Hello World! {Interlocked.Increment(ref hits)} times.");
        return app.RunAsync();
    }
}
