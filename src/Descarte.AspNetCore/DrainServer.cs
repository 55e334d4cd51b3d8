using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Descarte;

/// <summary>
/// The application's own server, stopped only when the drain is over: its own stop closes what is idle and waits for
/// what is not, whoever loses by it.
/// </summary>
sealed class DrainServer(IServer server, DrainLoop loop) : IServer
{
    public IFeatureCollection Features => server.Features;

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull => server.StartAsync(application, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        loop.StopRequested();

        // Not the host's token: the loop's own deadline ends this wait.
        await loop.Drained;
        await server.StopAsync(loop.Cut.IsCancellationRequested ? loop.Cut : cancellationToken);
    }

    public void Dispose() => server.Dispose();
}
