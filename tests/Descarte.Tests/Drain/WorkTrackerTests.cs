using Microsoft.Extensions.Time.Testing;

namespace Descarte.Tests.Drain;

public class WorkTrackerTests
{
    static readonly CancellationToken Never = CancellationToken.None;

    [Fact]
    public async Task The_drain_waits_for_work_begun_before_and_during_it()
    {
        var tracker = new WorkTracker(TimeProvider.System);
        var before = tracker.Begin("before");
        tracker.BeginClosing();
        var drain = tracker.Drain(Never);
        var during = tracker.Begin("during");
        before.Dispose();
        Assert.False(drain.IsCompleted);
        during.Dispose();
        await drain;
        Assert.Equal(2, tracker.Finished);
    }

    [Fact]
    public void Work_is_named_with_its_age()
    {
        var time = new FakeTimeProvider();
        var tracker = new WorkTracker(time);
        tracker.Begin("mail");
        time.Advance(TimeSpan.FromSeconds(3));
        var work = new List<CutWork>();
        tracker.Describe(work);
        Assert.Equal([new CutWork("mail", TimeSpan.FromSeconds(3))], work);
    }

    [Fact]
    public async Task The_cut_ends_the_wait()
    {
        using var cut = new CancellationTokenSource();
        var tracker = new WorkTracker(TimeProvider.System);
        tracker.Begin("endless");
        var drain = tracker.Drain(cut.Token);
        await cut.CancelAsync();
        await drain;
        Assert.Equal(1, tracker.InFlight);
    }

    [Fact]
    public void Work_disposed_twice_counts_once()
    {
        var tracker = new WorkTracker(TimeProvider.System);
        var work = tracker.Begin("once");
        tracker.BeginClosing();
        work.Dispose();
        work.Dispose();
        Assert.Equal((0, 1), (tracker.InFlight, tracker.Finished));
    }
}
