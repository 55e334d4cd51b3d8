using Descarte;

namespace TestServer;

/// <summary>The slim builder: none of the defaults that the other one brings, and the same one line.</summary>
static class Slim
{
    public static async Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.AddGracefulDrain();
        await using var app = builder.Build();
        var hits = 0L;
        app.MapGet("/", () => $"Hello World! {Interlocked.Increment(ref hits)} times.");
        WellBehaved.Bodies.Map(app);
        await app.StartAsync();
        Console.WriteLine($"process {Environment.ProcessId} serves");
        await app.WaitForShutdownAsync();
    }
}
