using System.Runtime.InteropServices;

namespace Descarte.Tests.Drain;

/// <summary>Without a host a signal ends the process; with one it is passed on, if it was under way already.</summary>
public class EarlySignalsTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

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
    public void A_signal_that_arrives_when_a_host_listens_is_passed_on_and_ends_nothing()
    {
        var early = Early();
        early.HostListens(_heard.Add);
        var signal = new PosixSignalContext(PosixSignal.SIGINT);
        early.OnSignal(signal);
        Assert.Same(signal, Assert.Single(_heard));
        Assert.Equal(0, _left);
    }

    [Fact]
    public void A_host_that_has_ended_is_told_nothing_and_the_other_is()
    {
        var early = Early();
        early.HostListens(_heard.Add);
        early.HostListens(Another);
        early.HostHasEnded(Another);
        early.OnSignal(new PosixSignalContext(PosixSignal.SIGTERM));
        Assert.Single(_heard);
        Assert.Equal(0, _left);

        static void Another(PosixSignalContext signal) => Assert.Fail("It has ended");
    }

    [Fact]
    public void A_signal_behind_the_last_host_ends_the_process()
    {
        var early = Early();
        Action<PosixSignalContext> host = _heard.Add;
        early.HostListens(host);
        early.HostHasEnded(host);
        early.OnSignal(new PosixSignalContext(PosixSignal.SIGTERM));
        Assert.Empty(_heard);
        Assert.Equal(1, _left);
    }

    [Fact]
    public void A_host_that_comes_while_the_process_is_about_to_end_waits_for_the_end()
    {
        using var ending = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        var early = new EarlySignals(() =>
        {
            ending.Set();
            end.Wait(Limit, TestContext.Current.CancellationToken);
        });
        var signal = new Thread(() => early.OnSignal(new PosixSignalContext(PosixSignal.SIGTERM)));
        var host = new Thread(() => early.HostListens(_heard.Add));
        signal.Start();
        Assert.True(ending.Wait(Limit, TestContext.Current.CancellationToken));
        host.Start();
        Assert.True(SpinWait.SpinUntil(() => !host.IsAlive || host.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Limit));
        Assert.True(host.IsAlive);
        end.Set();
        Assert.True(signal.Join(Limit) && host.Join(Limit));
        Assert.Empty(_heard);
    }

    EarlySignals Early() => new(() => _left++);
}
