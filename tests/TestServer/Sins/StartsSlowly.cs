using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>1.1: takes two seconds before it listens.</summary>
static class StartsSlowly
{
    public static Task RunAsync(string[] args)
    {
        Thread.Sleep(2_000);
        return WellBehavedServer.RunAsync(args);
    }
}
