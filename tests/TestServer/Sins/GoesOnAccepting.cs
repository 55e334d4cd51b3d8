using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>3.1: thinks the signal over for a while, with the door open, before it begins to stop.</summary>
static class GoesOnAccepting
{
    static readonly TimeSpan While = TimeSpan.FromSeconds(1.5);

    public static async Task RunAsync(string[] args)
    {
        var app = WellBehavedServer.Build(args);
        Sigterm.BeforeTheDrain(app, () => Thread.Sleep(While));
        await app.RunAsync();
    }
}
