using System.Net.WebSockets;

namespace TestServer.WellBehaved;

/// <summary>WebSockets whose frames do not stand for messages, or whose handler does not listen.</summary>
static class OddSockets
{
    public static void Map(WebApplication app)
    {
        // One message, in fragments without end.
        app.MapGet("/websocket/fragments", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var fragment = new byte[300];
            while (true)
            {
                await socket.SendAsync(fragment, WebSocketMessageType.Binary, endOfMessage: false, context.RequestAborted);
            }
        });

        // One fragment, and then nothing: the message stays open.
        app.MapGet("/websocket/half", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.SendAsync(new byte[300], WebSocketMessageType.Binary, endOfMessage: false, context.RequestAborted);
            await socket.ReceiveAsync(new byte[100].AsMemory(), context.RequestAborted);
        });

        // permessage-deflate (RFC 7692), without pause.
        app.MapGet("/websocket/compressed", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { DangerousEnableCompression = true });
            var message = new byte[5000];
            while (true)
            {
                Random.Shared.NextBytes(message.AsSpan(0, 200));
                await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, context.RequestAborted);
            }
        });

        // Heeds neither the close frame nor the token.
        app.MapGet("/websocket/deaf", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
        });
    }
}
