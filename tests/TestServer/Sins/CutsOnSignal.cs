using System.Collections.Concurrent;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>4.1 and 4.3: what is in flight on one path is aborted at the signal.</summary>
static class CutsOnSignal
{
    public static Task SlowAsync(string[] args) => RunAsync(args, "/slow");

    public static Task UploadAsync(string[] args) => RunAsync(args, "/upload");

    static Task RunAsync(string[] args, string path)
    {
        var inFlight = new ConcurrentDictionary<HttpContext, bool>();
        var stopping = false;
        Sigterm.On(_ =>
        {
            Volatile.Write(ref stopping, true);
            foreach (var context in inFlight.Keys)
            {
                context.Abort();
            }
        });
        return WellBehavedServer.Build(args, first: app => app.Use(async (context, next) =>
        {
            if (context.Request.Path == path)
            {
                inFlight[context] = true;
                if (Volatile.Read(ref stopping))
                {
                    // Read before the signal, and begun only now.
                    context.Abort();
                }
            }

            await next(context);
            inFlight.TryRemove(context, out var _);
        })).RunAsync();
    }
}
