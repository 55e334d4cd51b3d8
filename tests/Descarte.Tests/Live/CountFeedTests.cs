using Hits;

namespace Descarte.Tests.Live;

public sealed class CountFeedTests : IAsyncDisposable
{
    const int Limit = 20_000;

    readonly FakeStore _store = new();
    readonly WatchedTime _time = new();
    readonly CountFeed _feed;

    public CountFeedTests() => _feed = new CountFeed(_store, _time);

    [Fact(Timeout = Limit)]
    public async Task Nobody_watching_leaves_the_store_alone()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _store.Looks);

        using (_feed.Begin())
        {
            await _store.LookAsync();
        }

        await EndOfLookingAsync();
        var looks = _store.Looks;
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(looks, _store.Looks);
    }

    [Fact(Timeout = Limit)]
    public async Task Many_watchers_cost_one_look_each_interval()
    {
        using var first = _feed.Begin();
        using var second = _feed.Begin();
        using var third = _feed.Begin();
        await _store.LookAsync();
        for (var ticks = 0; ticks < 5; ticks++)
        {
            _time.Advance(CountFeed.Interval);
            await _store.LookAsync();
        }

        Assert.Equal(6, _store.Looks);
    }

    [Fact(Timeout = Limit)]
    public async Task Looks_go_on_until_the_last_watcher_has_left()
    {
        using var stays = _feed.Begin();
        _feed.Begin().Dispose();
        await _store.LookAsync();
        _time.Advance(CountFeed.Interval);
        await _store.LookAsync();
        _time.Advance(CountFeed.Interval);
        await _store.LookAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Only_a_change_is_told()
    {
        _store.Number = 7;
        using var watch = _feed.Begin();
        Assert.Equal(7, await NextAsync(watch));
        var (_, changed) = watch.Look();
        for (var ticks = 0; ticks < 3; ticks++)
        {
            await _store.LookAsync();
            _time.Advance(CountFeed.Interval);
        }

        // A look begins when the one before it has been told or kept quiet.
        await _store.LookAsync();
        Assert.False(changed.IsCompleted);
        _store.Number = 8;
        _time.Advance(CountFeed.Interval);
        await changed;
        Assert.Equal(8, watch.Look().Reading!.Number);
    }

    [Fact(Timeout = Limit)]
    public async Task Who_comes_later_sees_at_once_what_the_others_see()
    {
        _store.Number = 7;
        using var early = _feed.Begin();
        await NextAsync(early);
        using var late = _feed.Begin();
        Assert.Equal(7, late.Look().Reading!.Number);
    }

    [Fact(Timeout = Limit)]
    public async Task A_count_from_before_the_last_watcher_left_is_not_shown_to_the_next()
    {
        using (var watch = _feed.Begin())
        {
            await NextAsync(watch);
        }

        await EndOfLookingAsync();
        var gate = new TaskCompletionSource();
        (_store.Gate, _store.Number) = (gate.Task, 9);
        using var next = _feed.Begin();
        Assert.Null(next.Look().Reading);
        gate.SetResult();
        Assert.Equal(9, await NextAsync(next));
    }

    [Fact(Timeout = Limit)]
    public async Task A_store_that_goes_and_comes_back_is_two_changes()
    {
        using var watch = _feed.Begin();
        Assert.Equal(0, await NextAsync(watch));
        var gone = watch.Look().Changed;
        _store.Number = null;
        _time.Advance(CountFeed.Interval);
        await gone;
        var (reading, back) = watch.Look();
        Assert.Null(reading!.Number);
        _store.Number = 3;
        _time.Advance(CountFeed.Interval);
        await back;
        Assert.Equal(3, watch.Look().Reading!.Number);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    static async Task<long?> NextAsync(CountFeed.Watch watch)
    {
        while (true)
        {
            var (reading, changed) = watch.Look();
            if (reading is not null)
            {
                return reading.Number;
            }

            await changed;
        }
    }

    // The loop sees that it is alone at its next tick.
    async Task EndOfLookingAsync()
    {
        _time.Advance(CountFeed.Interval);
        await _time.IdleAsync();
    }
}
