using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Descarte;

namespace TestServer.WellBehaved;

/// <summary>Event streams that are hard to recognise, or hard to end.</summary>
static class OddStreams
{
    public static void Map(WebApplication app)
    {
        // Says what it is only after its first await.
        app.MapGet("/events/late", async (HttpResponse response, CancellationToken aborted) =>
        {
            await Task.Delay(20, aborted);
            response.ContentType = "text/event-stream";
            while (true)
            {
                await response.WriteAsync("data: late\n\n", aborted);
                await Task.Delay(20, aborted);
            }
        });

        // Says more than any client can read, so that a write is always under way.
        app.MapGet("/events/flood", async (HttpResponse response, CancellationToken aborted) =>
        {
            response.ContentType = "text/event-stream";
            while (true)
            {
                await response.WriteAsync($"data: {new string('x', 1000)}\n\n", aborted);
            }
        });

        // The head is out, and no event comes.
        app.MapGet("/events/quiet", async (HttpResponse response, CancellationToken aborted) =>
        {
            response.ContentType = "text/event-stream";
            await response.StartAsync(aborted);
            Console.WriteLine("quiet stream begun");
            await Task.Delay(Timeout.Infinite, aborted);
        });

        // Nothing is out before the first event, and none comes: the framework's own way of writing them.
        app.MapGet("/events/waiting", (CancellationToken aborted) => TypedResults.ServerSentEvents(Never(aborted)));

        // Does not even say what it is before the first event.
        app.MapGet("/events/undecided", async (HttpResponse response, CancellationToken aborted) =>
        {
            Console.WriteLine("undecided stream begun");
            await Task.Delay(Timeout.Infinite, aborted);
            response.ContentType = "text/event-stream";
        });

        // Ends by itself after a while, and asks to be allowed to.
        app.MapGet("/events/finishing", [OnDrain(DrainBehavior.Finish)] async (HttpResponse response, int count) =>
        {
            response.ContentType = "text/event-stream";
            for (var tick = 1; tick <= count; tick++)
            {
                await response.WriteAsync($"data: {tick}\n\n");
                await Task.Delay(20);
            }
        });

        // Heeds no token.
        app.MapGet("/events/deaf", async (HttpResponse response) =>
        {
            response.ContentType = "text/event-stream";
            while (true)
            {
                await response.WriteAsync("data: deaf\n\n", CancellationToken.None);
                await Task.Delay(20, CancellationToken.None);
            }
        });

        // Long polling that lets the cancellation out.
        app.MapGet("/poll/careless", [OnDrain(DrainBehavior.End)] async (CancellationToken aborted) =>
        {
            Console.WriteLine("poll begun");
            await Task.Delay(Timeout.Infinite, aborted);
            return "something new";
        });
    }

    static async IAsyncEnumerable<SseItem<string>> Never([EnumeratorCancellation] CancellationToken aborted)
    {
        Console.WriteLine("waiting stream begun");
        await Task.Delay(Timeout.Infinite, aborted);
        yield return new SseItem<string>("1");
    }
}
