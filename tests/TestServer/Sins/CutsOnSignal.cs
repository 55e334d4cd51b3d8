using System.Collections.Concurrent;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>4.1, 4.3 and 5.6: what is in flight of one kind is aborted at the signal.</summary>
static class CutsOnSignal
{
    public static Task SlowAsync(string[] args) => RunAsync(args, request => request.Path == "/slow");

    public static Task UploadAsync(string[] args) => RunAsync(args, request => request.Path == "/upload");

    public static Task Http2Async(string[] args) => RunAsync(args, request => HttpProtocol.IsHttp2(request.Protocol));

    static Task RunAsync(string[] args, Func<HttpRequest, bool> isCut)
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
            if (isCut(context.Request))
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
