using Hits;

namespace Descarte.Tests.Live;

public sealed class EventsEndpointTests : IAsyncDisposable
{
    const int Limit = 20_000;
    const string Alive = ": alive\n\n";

    readonly FakeStore _store = new();
    readonly WatchedTime _time = new();
    readonly EventsEndpoint _endpoint;

    public EventsEndpointTests() => _endpoint = new EventsEndpoint(new CountFeed(_store, _time), _time);

    [Fact(Timeout = Limit)]
    public async Task The_first_event_comes_at_once_and_says_who_serves()
    {
        _store.Number = 42;
        using var client = EventsClient.Connect(_endpoint);
        await client.ReadToAsync(Event(42));
        Assert.Equal("retry: 500\n\n" + Event(42), client.Text);
        Assert.Equal("text/event-stream", client.Context.Response.ContentType);
        Assert.Equal("no-store", client.Context.Response.Headers.CacheControl);
    }

    [Fact(Timeout = Limit)]
    public async Task A_store_out_of_reach_is_an_event_too()
    {
        _store.Number = null;
        using var client = EventsClient.Connect(_endpoint);
        await client.ReadToAsync(Event(null));
        _store.Number = 5;
        _time.Advance(CountFeed.Interval);
        await client.ReadToAsync(Event(5));
    }

    [Fact(Timeout = Limit)]
    public async Task A_comment_comes_every_15_seconds_of_silence_and_not_before()
    {
        using var client = EventsClient.Connect(_endpoint);
        await client.ReadToAsync(Event(0));
        for (var beats = 0; beats < 3; beats++)
        {
            var before = client.Text;
            _time.Advance(EventsEndpoint.Heartbeat - TimeSpan.FromSeconds(5));
            _store.Number = beats + 1;
            _time.Advance(CountFeed.Interval);
            await client.ReadToAsync(Event(beats + 1));
            Assert.Equal(before + Event(beats + 1), client.Text);

            // The event is out, and the endpoint may not wait yet: from then on it would wait too long if time stood still.
            var alive = client.ReadToAsync(Alive);
            while (!alive.IsCompleted)
            {
                _time.Advance(CountFeed.Interval);
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }

            await alive;
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_slow_client_gets_the_latest_count_not_all_that_it_missed()
    {
        using var client = EventsClient.Connect(_endpoint);
        await _store.LookAsync();
        for (var number = 1; number <= 20; number++)
        {
            _store.Number = number;
            _time.Advance(CountFeed.Interval);
            await _store.LookAsync();
        }

        // One more look: the last has been told by then.
        _time.Advance(CountFeed.Interval);
        await _store.LookAsync();
        await client.ReadToAsync(Event(20));
        Assert.Equal("retry: 500\n\n" + Event(20), client.Text);
    }

    [Fact(Timeout = Limit)]
    public async Task Nobody_looks_for_a_client_that_has_gone()
    {
        using var client = EventsClient.Connect(_endpoint);
        await client.ReadToAsync(Event(0));
        client.Abort();
        await client.Answer;
        _time.Advance(CountFeed.Interval);
        await _time.IdleAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task A_client_that_does_not_read_can_go_as_well()
    {
        using var client = EventsClient.Connect(_endpoint);
        await _store.LookAsync();
        client.Abort();
        await client.Answer;
        _time.Advance(CountFeed.Interval);
        await _time.IdleAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task HEAD_has_the_head_of_a_stream_and_ends()
    {
        using var client = EventsClient.Connect(_endpoint, "HEAD");
        await client.Answer;
        Assert.Equal("text/event-stream", client.Context.Response.ContentType);
        Assert.Equal(0, _store.Looks);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    static string Event(long? count) =>
        $"data: {{\"pid\":{Environment.ProcessId},\"host\":\"{Environment.MachineName}\",\"count\":{count?.ToString() ?? "null"}}}\n\n";
}
