using System.Net.WebSockets;
using Descarte.Requests;

namespace Descarte.LongConnections;

/// <summary>
/// A WebSocket ends with a close frame 1001, Going Away (RFC 6455, section 7.4.1), put between two frames of the
/// handler; only then, and after the client has had time to answer it, the handler's token fires.
/// </summary>
sealed class WebSocketConnection(WebSocketStream stream, bool signalR) : LongConnection(signalR)
{
    /// <summary>How long the client may take to answer the close frame before the handler's token fires.</summary>
    static readonly TimeSpan ForAnswer = TimeSpan.FromMilliseconds(250);

    public override bool ClientKnows => stream.IsClosed;

    public override bool Explains(Exception exception) =>
        exception is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException;

    protected override async Task Goodbye(RequestSlot request)
    {
        await stream.SendGoingAway();
        await Task.Delay(ForAnswer);
        request.FireToken(this);
    }
}
