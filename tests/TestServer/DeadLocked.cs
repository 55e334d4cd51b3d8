using TestServer.WellBehaved;

namespace TestServer;

/// <summary>Every thread that its pool has, or will ever have, waits for a lock that nobody gives back: from <c>GET /deadlock</c> on, or with <c>--at start</c> from the start.</summary>
static class DeadLocked
{
    const int MoreThanItWillEverHave = 2_000;

    static readonly Lock Gate = new();

    public static Task RunAsync(string[] args)
    {
        var app = WellBehavedServer.Build(args, builder => builder.Services.AddHostedService<AtStart>());
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
        return app.RunAsync();
    }

    /// <summary>Before anybody is told that it serves.</summary>
    sealed class AtStart(IConfiguration configuration) : IHostedLifecycleService
    {
        public Task StartedAsync(CancellationToken cancellationToken)
        {
            if (configuration["at"] == "start")
            {
                WaitForever();
            }

            return Task.CompletedTask;
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
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
