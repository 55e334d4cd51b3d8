using System.Net.Sockets;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>5.2: connections that rest when the signal comes are reset.</summary>
static class ResetsIdleConnections
{
    public static Task RunAsync(string[] args)
    {
        var connections = new KnownConnections();
        var app = WellBehavedServer.Build(args, connections.Watch, connections.Count);
        Sigterm.BeforeTheDrain(app, () =>
        {
            // Asked once: it looks through all that has happened.
            var resting = connections.IsQuiet ? connections.Open.Where(connection => connection.Rests) : [];
            foreach (var connection in resting)
            {
                connection.Socket.LingerState = new LingerOption(true, 0);
                connection.Socket.Close();
            }
        });
        return app.RunAsync();
    }
}
