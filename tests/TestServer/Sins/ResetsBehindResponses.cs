using System.Net.Sockets;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>5.5: behind the answer to a slow request comes a reset.</summary>
static class ResetsBehindResponses
{
    public static Task RunAsync(string[] args)
    {
        var connections = new KnownConnections();
        var stopping = false;
        Sigterm.On(_ => Volatile.Write(ref stopping, true));
        return WellBehavedServer.Build(args, connections.Watch, app =>
        {
            connections.Count(app);
            app.Use(async (context, next) =>
            {
                await next(context);
                if (Volatile.Read(ref stopping) && context.Request.Path == "/slow")
                {
                    Reset(context, connections.Of(context).Socket);
                }
            });
        }).RunAsync();
    }

    static void Reset(HttpContext context, Socket socket) => context.Response.OnCompleted(async () =>
    {
        // Written, but perhaps not sent yet; the connection goes on only after this.
        await Task.Delay(50);
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    });
}
