using Descarte;

namespace TestServer.WellBehaved;

/// <summary>Work that goes on after its request was answered.</summary>
static class Background
{
    public static void Map(WebApplication app) => app.MapPost("/work", (int ms, IWorkTracker tracker) =>
    {
        var work = tracker.Begin("report");
        _ = Task.Run(async () =>
        {
            using (work)
            {
                await Task.Delay(ms);
                Console.WriteLine("work done");
            }
        });
        return Results.Accepted();
    });
}
