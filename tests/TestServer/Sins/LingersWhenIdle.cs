using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>2.1: hardly anybody has asked for anything before the signal, and it sleeps on its way out all the same. It starts as slowly, so that only the absolute limit is broken.</summary>
static class LingersWhenIdle
{
    /// <summary>Of those who open a stream there are three; of those who look whether the door is open, and come before this hears of the signal, one or two.</summary>
    const int Hardly = 3;

    public static async Task RunAsync(string[] args)
    {
        Thread.Sleep(3_200);
        var requests = 0;
        var requestsBefore = 0;
        var app = WellBehavedServer.Build(args, first: app => app.Use(next => context =>
        {
            Interlocked.Increment(ref requests);
            return next(context);
        }));
        Sigterm.BeforeTheDrain(app, () => requestsBefore = Volatile.Read(ref requests));
        await app.RunAsync();
        if (requestsBefore < Hardly)
        {
            Thread.Sleep(2_600);
        }
    }
}
