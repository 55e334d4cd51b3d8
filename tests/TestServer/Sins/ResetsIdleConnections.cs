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
            foreach (var connection in connections.Open.Where(connection => connections.IsQuiet && connection is { Requests: > 0, InFlight: false }))
            {
                connection.Socket.LingerState = new LingerOption(true, 0);
                connection.Socket.Close();
            }
        });
        return app.RunAsync();
    }
}
