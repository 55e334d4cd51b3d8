using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>2.2: whoever was loaded never comes to an end.</summary>
static class HangsUnderLoad
{
    public static async Task RunAsync(string[] args)
    {
        var requests = 0;
        await WellBehavedServer.Build(args, first: app => app.Use(next => context =>
        {
            Interlocked.Increment(ref requests);
            return next(context);
        })).RunAsync();
        if (requests > 30)
        {
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
