using Descarte.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Descarte.LongConnections;

/// <summary>Puts our stream under every WebSocket: the upgrade of HTTP/1.1 and the extended CONNECT of HTTP/2 (RFC 8441).</summary>
static class WebSocketFeatures
{
    /// <returns>True when the request may become a WebSocket.</returns>
    public static bool Wrap(HttpContext context, IFeatureCollection features, IHttpRequestFeature head, RequestSlot request)
    {
        // Two looks that cost nothing spare nearly every request the two that follow.
        if (head.Headers.Upgrade.Count == 0 && !HttpMethods.IsConnect(head.Method))
        {
            return false;
        }

        if (features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
        {
            features.Set<IHttpUpgradeFeature>(new Upgrade(upgrade, context, request));
            return true;
        }

        if (features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            features.Set<IHttpExtendedConnectFeature>(new ExtendedConnect(connect, context, request));
            return true;
        }

        return false;
    }

    static Stream Watch(Stream stream, bool isWebSocket, HttpContext context, RequestSlot request)
    {
        if (!isWebSocket)
        {
            // Some other protocol: we do not know its goodbye, its handler does.
            request.Becomes(new LongConnection());
            return stream;
        }

        var watched = new WebSocketStream(stream);
        request.Becomes(new WebSocketConnection(watched, HubConnections.Serve(context)));
        return watched;
    }

    sealed class Upgrade(IHttpUpgradeFeature server, HttpContext context, RequestSlot request) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => server.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync()
        {
            var isWebSocket = string.Equals(context.Request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase);
            return Watch(await server.UpgradeAsync(), isWebSocket, context, request);
        }
    }

    sealed class ExtendedConnect(IHttpExtendedConnectFeature server, HttpContext context, RequestSlot request) : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => server.IsExtendedConnect;

        public string? Protocol => server.Protocol;

        public async ValueTask<Stream> AcceptAsync()
        {
            var isWebSocket = string.Equals(server.Protocol, "websocket", StringComparison.OrdinalIgnoreCase);
            return Watch(await server.AcceptAsync(), isWebSocket, context, request);
        }
    }
}
