using System.Globalization;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>6.3: ends the event streams at the signal with the door still open, and then waits until there is none: forever, if it were not for its patience.</summary>
static class ReadmitsStreams
{
    const int LookMs = 10;

    const int TickMs = 200;

    /// <summary>Whoever comes back takes a moment.</summary>
    const int LooksForQuiet = 20;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    public static async Task RunAsync(string[] args)
    {
        var open = 0;
        using var ending = new CancellationTokenSource();
        var current = ending.Token;
        var app = WellBehavedServer.Build(args, first: app => app.Use(async (context, next) =>
        {
            if (context.Request.Path != "/events")
            {
                await next(context);
                return;
            }

            Interlocked.Increment(ref open);
            try
            {
                await StreamAsync(context, current);
            }
            finally
            {
                Interlocked.Decrement(ref open);
            }
        }));
        Sigterm.BeforeTheDrain(app, () =>
        {
            if (Volatile.Read(ref open) == 0)
            {
                return;
            }

            var patience = Environment.TickCount64 + (long)Patience.TotalMilliseconds;

            // Those that come now are nobody's.
            current = CancellationToken.None;
            ending.Cancel();
            for (var quiet = 0; quiet < LooksForQuiet && Environment.TickCount64 < patience; quiet = Volatile.Read(ref open) > 0 ? 0 : quiet + 1)
            {
                Thread.Sleep(LookMs);
            }
        });
        await app.RunAsync();
    }

    static async Task StreamAsync(HttpContext context, CancellationToken ending)
    {
        context.Response.ContentType = "text/event-stream";
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ending, context.RequestAborted);
        for (var tick = 1; !end.IsCancellationRequested; tick++)
        {
            await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"data: {tick}\n\n"), CancellationToken.None);
            await Task.Delay(TickMs, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
