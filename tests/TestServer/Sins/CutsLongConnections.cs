using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>6.1 and 6.2: long connections are cut at the signal, without a word.</summary>
static class CutsLongConnections
{
    public static Task CutsEventStreamsAsync(string[] args) => CutAsync(args, "/events");

    public static Task CutsWebSocketsAsync(string[] args) => CutAsync(args, "/websocket/echo");

    static Task CutAsync(string[] args, string path)
    {
        var connections = new KnownConnections();
        var open = new System.Collections.Concurrent.ConcurrentDictionary<HttpContext, bool>();
        Sigterm.On(_ =>
        {
            foreach (var context in open.Keys)
            {
                connections.Of(context).Socket.Close();
            }
        });
        return WellBehavedServer.Build(args, connections.Watch, app =>
        {
            connections.Count(app);
            app.Use(async (context, next) =>
            {
                if (context.Request.Path == path)
                {
                    open[context] = true;
                }

                await next(context);
                open.TryRemove(context, out var _);
            });
        }).RunAsync();
    }
}
