using Descarte;

namespace TestServer.WellBehaved;

/// <summary>A server that does what services do, each of it in the usual way, and has the drain.</summary>
static class WellBehavedServer
{
    public static Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddGracefulDrain();
        builder.Services.AddSignalR();
        var app = builder.Build();
        app.UseWebSockets();
        var hits = 0L;
        app.MapGet("/", () => $"Hello World! {Interlocked.Increment(ref hits)} times.");
        Slow.Map(app);
        Bodies.Map(app);
        EventStreams.Map(app);
        OddStreams.Map(app);
        Sockets.Map(app);
        OddSockets.Map(app);
        Background.Map(app);
        app.MapHub<ChatHub>("/hub");
        return app.RunAsync();
    }
}
