using Descarte;

namespace TestServer.WellBehaved;

/// <summary>A server that does what services do, each of it in the usual way, and has the drain.</summary>
static class WellBehavedServer
{
    public static Task RunAsync(string[] args) => Build(args).RunAsync();

    /// <summary>The same, for servers that have one fault and no other.</summary>
    /// <param name="args">Host options.</param>
    /// <param name="configure">Adds to it before it is built.</param>
    /// <param name="first">Comes before everything else in the pipeline.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? first = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddGracefulDrain();
        builder.Services.AddSignalR().AddJsonProtocol(options => options.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, ChatHub.Payloads.Default));
        configure?.Invoke(builder);
        var app = builder.Build();
        first?.Invoke(app);
        app.UseWebSockets();
        var hits = 0L;
        app.MapGet("/", () => $"Hello World! {Interlocked.Increment(ref hits)} times.");
        Counter.Map(app);
        Slow.Map(app);
        Bodies.Map(app);
        EventStreams.Map(app);
        OddStreams.Map(app);
        Sockets.Map(app);
        OddSockets.Map(app);
        Background.Map(app);
        app.MapHub<ChatHub>("/hub");
        return app;
    }
}
