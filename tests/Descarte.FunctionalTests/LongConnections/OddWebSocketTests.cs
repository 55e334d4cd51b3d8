using System.Net.WebSockets;
using Descarte.FunctionalTests.Drain;
using Descarte.FunctionalTests.Lifecycle;

namespace Descarte.FunctionalTests.LongConnections;

/// <summary>WebSockets whose frames are not messages, whose handlers do not listen, and whose clients do not answer.</summary>
public class OddWebSocketTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("/websocket/fragments", "")]
    [InlineData("/websocket/compressed", "Sec-WebSocket-Extensions: permessage-deflate\r\n")]
    public async Task A_handler_that_sends_without_pause_is_closed_between_two_frames(string path, string headers)
    {
        await using var server = await RunningServer.StartAsync();
        await using var socket = await WebSocket.OpenAsync(server, path, headers);
        Assert.Equal(headers.Length > 0, socket.Extensions is not null);
        await socket.HearsFrameAsync();
        var stop = Stop.Tell(server);

        await socket.HearsGoingAwayAsync(answers: true);
        await stop.EndsCleanAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("/websocket/half")]
    [InlineData("/websocket/send")]
    public async Task A_client_that_does_not_answer_the_close_frame_is_left_with_an_end_of_stream(string path)
    {
        await using var server = await RunningServer.StartAsync();
        await using var socket = await WebSocket.OpenAsync(server, path);
        await socket.HearsFrameAsync();
        var stop = Stop.Tell(server);

        await socket.HearsGoingAwayAsync(answers: false);
        await stop.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_handler_that_heeds_nothing_does_not_hold_the_process()
    {
        await using var server = await RunningServer.StartAsync();
        await using var socket = await WebSocket.OpenAsync(server, "/websocket/deaf");
        var stop = Stop.Tell(server);

        // It was told in full that the connection ends: nothing was cut.
        await socket.HearsFrameAsync();
        await stop.EndsCleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Clients_that_reconnect_without_pause_do_not_hold_the_process()
    {
        await using var server = await RunningServer.StartAsync();
        var opened = Array.ConvertAll(new int[4], _ => new TaskCompletionSource());
        var clients = Array.ConvertAll(opened, opened => ReconnectAsync(server, opened));
        await Task.WhenAll(Array.ConvertAll(opened, opened => opened.Task)).WaitAsync(Raw.Limit);
        var stop = Stop.Tell(server);

        await stop.EndsCleanAsync();
        await Task.WhenAll(clients);
    }

    /// <summary>The framework's own client: it answers the close frame and comes back at once, until there is nobody to come back to.</summary>
    static async Task ReconnectAsync(RunningServer server, TaskCompletionSource opened)
    {
        while (!server.Process.HasExited)
        {
            using var socket = new ClientWebSocket();
            try
            {
                await socket.ConnectAsync(new Uri($"ws://{server.Target.Authority}/websocket/echo"), Raw.Limit);
                opened.TrySetResult();
                await socket.ReceiveAsync(new byte[10].AsMemory(), Raw.Limit);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Raw.Limit);
            }
            catch (WebSocketException)
            {
                await Task.Delay(1, Raw.Limit);
            }
        }
    }
}
