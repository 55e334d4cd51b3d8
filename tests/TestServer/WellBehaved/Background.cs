using Descarte;

namespace TestServer.WellBehaved;

/// <summary>Work that goes on after its request was answered.</summary>
static class Background
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/work", (int ms, IWorkTracker tracker) =>
        {
            Begin(ms, tracker);
            return Results.Accepted();
        });

        // Begins it only after a while: perhaps when the process is stopping already.
        app.MapPost("/work/later", async (int after, int ms, IWorkTracker tracker) =>
        {
            await Task.Delay(after);
            Begin(ms, tracker);
            return Results.Accepted();
        });

        app.MapPost("/stop", (IHostApplicationLifetime application) => application.StopApplication());
    }

    static void Begin(int ms, IWorkTracker tracker)
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
    }
}
