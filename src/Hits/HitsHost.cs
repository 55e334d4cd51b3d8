namespace Hits;

/// <summary>The application, whose failed start is told in one line.</summary>
internal sealed class HitsHost(WebApplication app, Addresses addresses) : IHost, IAsyncDisposable
{
    public IServiceProvider Services => app.Services;

    /// <exception cref="BadSettingException">It cannot listen where it should.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default) => Listening.StartAsync(app, addresses);

    public Task StopAsync(CancellationToken cancellationToken = default) => app.StopAsync(cancellationToken);

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
