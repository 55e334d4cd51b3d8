using Descarte.Connections;
using Descarte.LongConnections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Descarte.Requests;

/// <summary>The outermost middleware: every request passes here, and those that are long connections are seen to their end.</summary>
sealed class RequestTracking(RequestDelegate next, ConnectionRegistry connections, Closing closing, CutList cut)
{
    public Task Invoke(HttpContext context)
    {
        // Straight from the features: what HttpContext caches of them is thrown away once we put ours among them. And by
        // a cast, where a server is its own collection, as Kestrel is: a generic interface call costs several of them.
        var features = context.Features;
        var head = features as IHttpRequestFeature ?? features.GetRequiredFeature<IHttpRequestFeature>();
        var connection = features.Get<TrackedConnection>();
        if (connection is not null)
        {
            if (connection.IsShut)
            {
                context.Abort();
                return Task.CompletedTask;
            }

            if (!connection.IsMultiplexed && !HttpProtocol.IsHttp11(head.Protocol) && !HttpProtocol.IsHttp10(head.Protocol))
            {
                connection.IsMultiplexed = true;
            }
        }

        else if (closing.Draining)
        {
            // HTTP/3 comes over a transport whose connections are not known here; its goodbye is the same.
            features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }

        var request = (connection?.Requests ?? connections.Loose).Take();
        request.Begin(context, features, head);

        // Only these need somebody to wait for them, which costs an allocation.
        var mayBeLong = WebSocketFeatures.Wrap(context, features, head, request) || EventStream.IsAskedFor(head.Headers);
        var handled = Handle(context);
        return handled.IsCompletedSuccessfully || (!mayBeLong && !closing.Announced && request.Long is null && !StreamingEndpoints.NeedWatching(context))
            ? handled
            : SeeToTheEnd(handled, request, context);
    }

    Task Handle(HttpContext context)
    {
        try
        {
            return next(context);
        }
        catch (Exception e)
        {
            // Who throws before his first await fails no other way than who does so later.
            return Task.FromException(e);
        }
    }

    async Task SeeToTheEnd(Task handled, RequestSlot request, HttpContext context)
    {
        try
        {
            await Task.WhenAny(handled, request.LeftBehind);
            if (!handled.IsCompleted)
            {
                if (request.Long is { ClientKnows: false } && request.TryCut() is { } named)
                {
                    cut.Add(named);
                }

                return;
            }

            await handled;
            StreamingEndpoints.Answered(context);
        }
        catch (Exception e) when (request.Long is { IsEnded: true } connection && connection.Explains(e))
        {
            if (!context.Response.HasStarted)
            {
                AnswerUnanswered(context);
            }
        }
        catch when (closing.Announced && context.Features.Get<TrackedConnection>() is { IsMultiplexed: false } connection)
        {
            // The server's own answer to a failure passes no callback of ours: it says that it closes when it was told to.
            connection.RequestClose();
            throw;
        }
    }

    static void AnswerUnanswered(HttpContext context)
    {
        var isStream = EventStream.Is(context.Response.Headers) || EventStream.IsAskedFor(context.Request.Headers);
        context.Response.Clear();
        if (isStream)
        {
            // An empty stream is one that the client reconnects to; any other status ends it for good (WHATWG HTML, 9.2.3).
            context.Response.ContentType = EventStream.MediaType;
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }
}
