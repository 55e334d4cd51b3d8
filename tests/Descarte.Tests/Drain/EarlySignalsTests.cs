using System.Runtime.InteropServices;

namespace Descarte.Tests.Drain;

/// <summary>Without a host a signal ends the process; with one it is passed on, if it was under way already.</summary>
public class EarlySignalsTests
{
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    readonly List<PosixSignalContext> _heard = [];
    int _left;

    [Fact]
    public void A_signal_before_there_is_a_host_ends_the_process()
    {
        var signal = new PosixSignalContext(PosixSignal.SIGTERM);
        Early().OnSignal(signal);
        Assert.True(signal.Cancel);
        Assert.Equal(1, _left);
    }

    [Fact]
    public void A_signal_that_somebody_has_taken_already_is_left_to_him()
    {
        Early().OnSignal(new PosixSignalContext(PosixSignal.SIGTERM) { Cancel = true });
        Assert.Equal(0, _left);
    }

    [Fact]
    public void A_signal_that_arrives_when_it_has_handed_over_is_passed_on_and_ends_nothing()
    {
        var early = Early();
        early.HandOver(_heard.Add);
        var signal = new PosixSignalContext(PosixSignal.SIGINT);
        early.OnSignal(signal);
        Assert.Same(signal, Assert.Single(_heard));
        Assert.Equal(0, _left);
    }

    [Fact]
    public void While_there_is_a_host_nobody_leaves_for_another_that_is_being_built()
    {
        var early = Early();
        early.HandOver(_heard.Add);
        early.HandOver(Another);
        early.Forget(Another);
        early.OnSignal(new PosixSignalContext(PosixSignal.SIGTERM));
        Assert.Single(_heard);
        Assert.Equal(0, _left);

        static void Another(PosixSignalContext signal) => Assert.Fail("It has ended");
    }

    [Fact]
    public void When_the_last_host_has_ended_the_next_one_is_listened_for_again()
    {
        var early = Early();
        Action<PosixSignalContext> host = _heard.Add;
        early.HandOver(host);
        early.Forget(host);
        early.OnSignal(new PosixSignalContext(PosixSignal.SIGTERM));
        Assert.Empty(_heard);
        Assert.Equal(1, _left);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_host_that_comes_while_the_process_is_about_to_end_waits_for_the_end()
    {
        using var ending = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        var early = new EarlySignals(() =>
        {
            ending.Set();
            end.Wait(TestContext.Current.CancellationToken);
        });
        var signal = Task.Run(() => early.OnSignal(new PosixSignalContext(PosixSignal.SIGTERM)), TestContext.Current.CancellationToken);
        ending.Wait(TestContext.Current.CancellationToken);
        var host = Task.Run(() => early.HandOver(_heard.Add), TestContext.Current.CancellationToken);
        Assert.NotSame(host, await Task.WhenAny(host, Task.Delay(Moment, TestContext.Current.CancellationToken)));
        end.Set();
        await Task.WhenAll(signal, host);
        Assert.Empty(_heard);
    }

    EarlySignals Early() => new(() => _left++);
}
