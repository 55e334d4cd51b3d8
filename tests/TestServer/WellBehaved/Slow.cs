namespace TestServer.WellBehaved;

/// <summary>Answers that take their time, and one that never comes.</summary>
static class Slow
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/slow", async (int ms, CancellationToken aborted) =>
        {
            await Task.Delay(ms, aborted);
            return "done";
        });

        // Heeds no token: a lock never released, a call without a timeout.
        app.MapGet("/hang", () => new TaskCompletionSource().Task);

        // The whole thread pool is busy for that long, and its heart beats no more.
        app.MapGet("/starve", (int ms) =>
        {
            ThreadPool.GetMaxThreads(out _, out var io);
            ThreadPool.SetMinThreads(1, 1);
            ThreadPool.SetMaxThreads(Environment.ProcessorCount, io);
            var busy = 0;
            for (var i = 0; i < Environment.ProcessorCount * 2; i++)
            {
                ThreadPool.QueueUserWorkItem(_ =>
                {
                    Console.WriteLine($"busy threads: {Interlocked.Increment(ref busy)}");
                    Thread.Sleep(ms);
                });
            }

            return "starving";
        });
    }
}
