using TestServer.WellBehaved;

namespace TestServer;

/// <summary>Every thread that its pool has, or will ever have, waits for a lock that nobody gives back: from <c>GET /deadlock</c> on, or with <c>--at start</c> from the start.</summary>
static class DeadLocked
{
    const int MoreThanItWillEverHave = 2_000;

    static readonly Lock Gate = new();

    public static Task RunAsync(string[] args)
    {
        var app = WellBehavedServer.Build(args);
        app.MapGet("/deadlock", (HttpContext context) =>
        {
            // The answer needs a thread to leave.
            context.Response.OnCompleted(() =>
            {
                WaitForever();
                return Task.CompletedTask;
            });
            return "soon";
        });
        if (app.Configuration["at"] == "start")
        {
            app.Lifetime.ApplicationStarted.Register(WaitForever);
        }

        return app.RunAsync();
    }

    static void WaitForever()
    {
        for (var item = 0; item < MoreThanItWillEverHave; item++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static _ =>
                {
                    lock (Gate)
                    {
                        Thread.Sleep(Timeout.Infinite);
                    }
                },
                null);
        }
    }
}
