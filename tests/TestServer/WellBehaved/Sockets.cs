using System.Net.WebSockets;

namespace TestServer.WellBehaved;

/// <summary>WebSockets: one that waits for messages, one that sends without pause.</summary>
static class Sockets
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/websocket/echo", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[4096];
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                    return;
                }

                await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
            }
        });

        app.MapGet("/websocket/send", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var message = new byte[1000];
            while (true)
            {
                await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, context.RequestAborted);
            }
        });
    }
}
