using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>5.3: connections on which nothing was ever said hold the exit for three seconds.</summary>
static class WaitsForSilentConnections
{
    public static async Task RunAsync(string[] args)
    {
        var connections = new KnownConnections();
        var silent = 0;
        var app = WellBehavedServer.Build(args, connections.Watch, connections.Count);
        Sigterm.BeforeTheDrain(app, () => silent = connections.IsQuiet ? connections.Open.Count(connection => connection.Requests == 0) : 0);
        await app.RunAsync();
        if (silent >= 4)
        {
            Thread.Sleep(3_000);
        }
    }
}
