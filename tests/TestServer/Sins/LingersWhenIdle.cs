using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>2.1: nothing is in flight, and it sleeps three seconds all the same. It starts as slowly, so that only the absolute limit is broken.</summary>
static class LingersWhenIdle
{
    public static async Task RunAsync(string[] args)
    {
        Thread.Sleep(3_200);
        var requests = 0;
        await WellBehavedServer.Build(args, first: app => app.Use(next => context =>
        {
            Interlocked.Increment(ref requests);
            return next(context);
        })).RunAsync();
        if (requests < 4)
        {
            Thread.Sleep(2_600);
        }
    }
}
