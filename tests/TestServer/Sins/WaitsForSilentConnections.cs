using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>5.3: connections on which nothing was ever said hold the exit for three seconds.</summary>
static class WaitsForSilentConnections
{
    public static async Task RunAsync(string[] args)
    {
        var connections = new KnownConnections();
        var silent = 0;
        Sigterm.On(_ => silent = connections.IsQuiet ? connections.Open.Count(connection => connection.Requests == 0) : 0);
        await WellBehavedServer.Build(args, connections.Watch, connections.Count).RunAsync();
        if (silent >= 4)
        {
            Thread.Sleep(3_000);
        }
    }
}
