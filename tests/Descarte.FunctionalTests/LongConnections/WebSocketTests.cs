using Descarte.FunctionalTests.Drain;
using Descarte.FunctionalTests.Lifecycle;

namespace Descarte.FunctionalTests.LongConnections;

/// <summary>A WebSocket hears 1001, Going Away, between two whole frames, whatever its handler is about.</summary>
public class WebSocketTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("/websocket/echo", true)]
    [InlineData("/websocket/send", true)]
    [InlineData("/websocket/echo", false)]
    [InlineData("/websocket/send", false)]
    public async Task The_last_frame_says_going_away_and_a_client_that_does_not_answer_it_holds_nothing_up(string path, bool answers)
    {
        await using var server = await RunningServer.StartAsync();
        await using var socket = await WebSocket.OpenAsync(server, path);
        await socket.SayAsync("hello"u8.ToArray());
        await socket.HearsFrameAsync();
        var stop = Stop.Tell(server);

        await socket.HearsGoingAwayAsync(answers);
        Assert.True(socket.FramesHeard > 1, "The handler's own frame did not arrive");
        await stop.EndsCleanAsync();
    }
}
