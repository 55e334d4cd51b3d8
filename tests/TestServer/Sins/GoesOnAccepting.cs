using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>3.1: thinks the signal over for a while, with the door open, before it begins to stop. It says that it is going, and not for so long that anything else would be late.</summary>
static class GoesOnAccepting
{
    static readonly TimeSpan While = TimeSpan.FromSeconds(0.6);

    public static async Task RunAsync(string[] args)
    {
        var thinking = false;
        var app = WellBehavedServer.Build(args, first: app => app.Use(next => context =>
        {
            // As late as can be: a request that came before the signal is answered behind it.
            context.Response.OnStarting(() =>
            {
                if (Volatile.Read(ref thinking) && context.Response.StatusCode != StatusCodes.Status101SwitchingProtocols)
                {
                    context.Response.Headers.Connection = "close";
                }

                return Task.CompletedTask;
            });
            return next(context);
        }));
        Sigterm.BeforeTheDrain(app, () =>
        {
            if (app.Lifetime.ApplicationStarted.IsCancellationRequested)
            {
                Volatile.Write(ref thinking, true);
                Thread.Sleep(While);
            }
        });
        await app.RunAsync();
    }
}
