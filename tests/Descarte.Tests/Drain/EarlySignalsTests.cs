using System.Runtime.InteropServices;

namespace Descarte.Tests.Drain;

/// <summary>Listening, then either leaving or handed over; and a signal that is under way to it in the meantime.</summary>
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
    public void The_first_host_is_the_one()
    {
        var early = Early();
        early.HandOver(_heard.Add);
        early.HandOver(_ => Assert.Fail("A later host has handlers of its own"));
        early.Listen();
        early.OnSignal(new PosixSignalContext(PosixSignal.SIGTERM));
        Assert.Single(_heard);
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
