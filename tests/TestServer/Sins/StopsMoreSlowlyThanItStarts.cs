using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>2.3: nothing is in flight, and it sleeps a second and a half.</summary>
static class StopsMoreSlowlyThanItStarts
{
    public static async Task RunAsync(string[] args)
    {
        await WellBehavedServer.RunAsync(args);
        Thread.Sleep(1_500);
    }
}
