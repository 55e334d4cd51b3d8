using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;

namespace Descarte.LongConnections;

/// <summary>
/// SignalR's own goodbye at the end of an application is an abort. Asked to close a connection, it sends its close
/// message with reconnect allowed, as it does when an authentication expires; so it is asked first.
/// </summary>
sealed class HubConnections : IHubFilter
{
    readonly ConcurrentDictionary<HubCallerContext, bool> _open = new();

    public bool IsEmpty => _open.IsEmpty;

    /// <summary>Whether SignalR serves the endpoint, and so says goodbye in words of its own.</summary>
    public static bool Serve(HttpContext context) =>
        context.GetEndpoint()?.Metadata is { } metadata
        && (metadata.GetMetadata<NegotiateMetadata>() is not null || metadata.GetMetadata<HubMetadata>() is not null);

    public void CloseAll()
    {
        foreach (var (connection, _) in _open)
        {
            try
            {
                connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
            }
            catch (Exception)
            {
                // A callback of the application's threw: the others are asked all the same, and this one is aborted with the host.
            }
        }
    }

    public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        _open[context.Context] = true;
        try
        {
            await next(context);
        }
        catch
        {
            // Nobody tells of the end of a connection whose beginning failed.
            _open.TryRemove(context.Context, out _);
            throw;
        }
    }

    public Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        _open.TryRemove(context.Context, out _);
        return next(context, exception);
    }
}
