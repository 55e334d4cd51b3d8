using Microsoft.AspNetCore.SignalR;

namespace TestServer.WellBehaved;

/// <summary>A SignalR hub.</summary>
sealed class ChatHub : Hub
{
    public Task Say(string text) => Clients.Caller.SendAsync("said", text, Context.ConnectionAborted);
}
