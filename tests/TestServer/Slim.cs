using Descarte;

namespace TestServer;

/// <summary>The slim builder: none of the defaults that the other one brings, and the same one line.</summary>
static class Slim
{
    public static Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.AddGracefulDrain();
        var app = builder.Build();
        var hits = 0L;
        app.MapGet("/", () => $"Hello World! {Interlocked.Increment(ref hits)} times.");
        WellBehaved.Bodies.Map(app);
        return app.RunAsync();
    }
}
