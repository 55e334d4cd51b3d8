using Descarte.FunctionalTests.Drain;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>SignalR's own client is told to come back, not that it is over.</summary>
public class SignalRTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task A_hub_client_reconnects(HttpTransportType transport)
    {
        await using var server = await RunningServer.StartAsync();
        await using var hub = new HubConnectionBuilder()
            .WithUrl($"http://{server.Target.Authority}/hub", transport)
            .WithAutomaticReconnect()
            .Build();
        var first = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        
        // After a mere abort the client would try, too, but with an exception: only SignalR's own close message has none.
        hub.Reconnecting += exception => Told($"{nameof(hub.Reconnecting)}: {exception}");
        hub.Closed += exception => Told($"{nameof(hub.Closed)}: {exception}");
        hub.On<string>("said", said.SetResult);
        await hub.StartAsync(Raw.Limit);
        await hub.InvokeAsync("Say", "hello", Raw.Limit);
        Assert.Equal("hello", await said.Task.WaitAsync(Raw.Limit));
        var stop = Stop.Tell(server);

        Assert.Equal($"{nameof(hub.Reconnecting)}: ", await first.Task.WaitAsync(Raw.Limit));
        await stop.EndsCleanAsync();

        Task Told(string what)
        {
            first.TrySetResult(what);
            return Task.CompletedTask;
        }
    }
}
