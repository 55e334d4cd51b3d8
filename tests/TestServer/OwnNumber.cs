using Descarte;

namespace TestServer;

/// <summary>A program with an exit code of its own: 7.</summary>
static class OwnNumber
{
    public static async Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddGracefulDrain();
        var app = builder.Build();
        app.MapGet("/", () => "Hello World!");
        app.MapGet("/work", (IWorkTracker tracker) =>
        {
            tracker.Begin("forgotten");
        });
        await app.RunAsync();
        Environment.ExitCode = 7;
    }
}
