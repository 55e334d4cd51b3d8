using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>5.4: after the signal a request on a connection that has carried several is dropped.</summary>
static class LosesKeptRequests
{
    public static Task RunAsync(string[] args)
    {
        var connections = new KnownConnections();
        var stopping = false;
        Sigterm.On(_ => Volatile.Write(ref stopping, true));
        return WellBehavedServer.Build(args, connections.Watch, app =>
        {
            connections.Count(app);
            app.Use(next => context =>
            {
                if (Volatile.Read(ref stopping) && connections.Of(context).Requests > 2)
                {
                    context.Abort();
                    return Task.CompletedTask;
                }

                return next(context);
            });
        }).RunAsync();
    }
}
