using System.Diagnostics;
using Descarte.Conformance.Client;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Live;

/// <summary><c>/events</c> as it is on the wire.</summary>
public sealed class EventsTests
{
    const int Limit = 90_000;

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_count_comes_at_once_and_then_each_change(bool onRedis)
    {
        await using var redis = onRedis ? await RedisServer.StartAsync() : null;
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Redis = redis });
        await hits.UntilReadyAsync();
        await using var events = await EventsConnection.OpenAsync(hits);
        await events.ReadToAsync(events.Event(0));
        Assert.Equal(200, events.Response.Status);
        Assert.Equal("text/event-stream", events.Response.Header("Content-Type"));
        Assert.Equal("no-store", events.Response.Header("Cache-Control"));
        Assert.Equal("retry: 500\n\n" + events.Event(0), events.Response.BodyText);
        await hits.HitAsync();
        await events.ReadToAsync(events.Event(1));
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stop_ends_the_stream_with_its_last_chunk(bool onRedis)
    {
        await using var redis = onRedis ? await RedisServer.StartAsync() : null;
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Redis = redis });
        await using var events = await EventsConnection.OpenAsync(hits);
        await events.ReadToAsync(events.Event(0));
        hits.Process.Send(Signal.Terminate);
        Assert.Equal(Outcome.Answered, await events.ReadOnAsync());
        Assert.True(events.Response.IsComplete);
        Assert.Equal("chunked", events.Response.Header("Transfer-Encoding"));
        Assert.Equal(0, await hits.Process.WaitForExitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact(Timeout = Limit)]
    public async Task However_fast_the_hits_events_come_ten_times_a_second_at_most()
    {
        await using var hits = await HitsProcess.StartAsync();
        var began = Stopwatch.GetTimestamp();
        await using var events = await EventsConnection.OpenAsync(hits);
        long last = 0;
        while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(2))
        {
            last = (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => hits.HitAsync()))).Max();
        }

        await events.ReadToAsync(events.Event(last));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var count = events.Response.BodyText.Split("data:").Length - 1;

        // One more for either end of the time.
        Assert.InRange(count, 3, 10 * seconds + 2);
    }

    [Fact(Timeout = Limit)]
    public async Task A_store_out_of_reach_is_null()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Redis = redis });
        await using var events = await EventsConnection.OpenAsync(hits);
        await events.ReadToAsync(events.Event(0));
        await redis.StopAsync();
        await events.ReadToAsync(events.Event(null));
        await redis.RestartAsync();
        await events.ReadToAsync(events.Event(0));
    }

    [Fact(Timeout = Limit)]
    public async Task HEAD_is_answered_and_other_methods_are_not_allowed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var hits = await HitsProcess.StartAsync();
        using var head = await hits.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/events"), cancellation);
        Assert.Equal("text/event-stream", head.Content.Headers.ContentType?.ToString());
        using var post = await hits.Client.PostAsync("/events", null, cancellation);
        Assert.Equal(405, (int)post.StatusCode);
        Assert.Equal(["GET", "HEAD"], post.Content.Headers.Allow.Order());
        Assert.Equal(1, await hits.HitAsync());
    }
}
