using System.Text.Json.Serialization;
using Microsoft.AspNetCore.SignalR;

namespace TestServer.WellBehaved;

/// <summary>A SignalR hub.</summary>
sealed partial class ChatHub : Hub
{
    public Task Say(string text) => Clients.Caller.SendAsync("said", text, Context.ConnectionAborted);

    /// <summary>What its messages carry.</summary>
    [JsonSerializable(typeof(string))]
    public sealed partial class Payloads : JsonSerializerContext;
}
