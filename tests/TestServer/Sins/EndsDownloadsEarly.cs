using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>4.2: a response in chunks is ended at the signal as if it were whole. Its path is <c>/lying</c>.</summary>
static class EndsDownloadsEarly
{
    public static Task RunAsync(string[] args)
    {
        var stopping = new CancellationTokenSource();
        Sigterm.On(_ => stopping.Cancel());
        var app = WellBehavedServer.Build(args);
        app.MapGet("/lying", async (HttpResponse response) =>
        {
            var piece = new byte[64 * 1024];
            for (var i = 0; i < 200 && !stopping.IsCancellationRequested; i++)
            {
                await response.Body.WriteAsync(piece);
                await response.Body.FlushAsync();
            }
        });
        return app.RunAsync();
    }
}
