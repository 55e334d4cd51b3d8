using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>8.1: a start waits three seconds for the clients of the one before to be forgotten, if that one had any.</summary>
static class WaitsForItsLease
{
    const string File = "lease";

    public static async Task RunAsync(string[] args)
    {
        if (System.IO.File.Exists(File))
        {
            System.IO.File.Delete(File);
            Thread.Sleep(3_000);
        }

        var connections = new KnownConnections();
        var resting = 0;
        var app = WellBehavedServer.Build(args, connections.Watch, connections.Count);
        Sigterm.BeforeTheDrain(app, () => resting = connections.IsQuiet ? connections.Open.Count(connection => connection.Requests > 0) : 0);
        await app.RunAsync();
        if (resting >= 4)
        {
            await System.IO.File.WriteAllTextAsync(File, "");
        }
    }
}
