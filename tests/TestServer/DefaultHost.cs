using TestServer.WellBehaved;

namespace TestServer;

/// <summary>The default host, as most services ship it: the control that must lose requests.</summary>
static class DefaultHost
{
    public static Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var app = builder.Build();
        var hits = 0L;
        app.MapGet("/", () => $"Hello World! {Interlocked.Increment(ref hits)} times.");
        Slow.Map(app);
        Bodies.Map(app);
        EventStreams.Map(app);
        return app.RunAsync();
    }
}
