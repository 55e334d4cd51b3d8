using System.Runtime.CompilerServices;
using Descarte;

namespace TestServer.WellBehaved;

/// <summary>Server-sent events, as frameworks' own documents write them: forever, until the request is aborted.</summary>
static class EventStreams
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/events", (CancellationToken aborted) => TypedResults.ServerSentEvents(Ticks(int.MaxValue, aborted)));

        // By hand, and letting the cancellation out of the handler.
        app.MapGet("/events/raw", async (HttpResponse response, CancellationToken aborted) =>
        {
            response.ContentType = "text/event-stream";
            await foreach (var tick in Ticks(int.MaxValue, aborted))
            {
                await response.WriteAsync($"data: {tick}\n\n", aborted);
            }
        });

        // Ends by itself soon, and asks to be allowed to.
        app.MapGet("/events/few", (CancellationToken aborted) => TypedResults.ServerSentEvents(Ticks(10, aborted)))
            .WithMetadata(new OnDrainAttribute(DrainBehavior.Finish));

        // Long polling: not recognisable as a long connection, so it says so.
        app.MapGet("/poll", async (CancellationToken aborted) =>
        {
            Console.WriteLine("poll begun");
            await Task.Delay(Timeout.Infinite, aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return "nothing new";
        }).WithMetadata(new OnDrainAttribute(DrainBehavior.End));
    }

    static async IAsyncEnumerable<string> Ticks(int count, [EnumeratorCancellation] CancellationToken aborted)
    {
        for (var tick = 1; tick <= count; tick++)
        {
            yield return $"{tick}";
            await Task.Delay(20, aborted);
        }
    }
}
