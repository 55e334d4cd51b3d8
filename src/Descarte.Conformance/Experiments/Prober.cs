using System.Diagnostics;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;

namespace Descarte.Conformance.Experiments;

/// <summary>Knocks at the door again and again, each time with a connection of its own, and asks for readiness where there is a path for it.</summary>
sealed class Prober : IAsyncDisposable
{
    static readonly TimeSpan Between = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan AfterEnd = TimeSpan.FromMilliseconds(200);

    readonly Act _act;
    readonly CancellationTokenSource _stopping = new();
    readonly CancellationTokenSource _giveUp;
    readonly List<Task> _knocks = [];
    readonly Task _running;
    readonly long _startedAt = Stopwatch.GetTimestamp();

    Prober(Act act, CancellationToken cancellation)
    {
        _act = act;
        _giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _running = Task.Run(RunAsync, CancellationToken.None);
    }

    public static Prober Start(Act act, CancellationToken cancellation) => new(act, cancellation);

    /// <summary>Goes on for a moment after the end, and then waits for what is under way as long as TCP itself tries.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.Delay(AfterEnd, _giveUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopping.CancelAsync();
        await _running;

        // A connect that lost its SYN tries again after as long as it has tried already, and a second more; to a container that is gone in vain.
        _giveUp.CancelAfter(_act.Life.IsContainer ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_startedAt) + Judging.Limits.Retransmission + TimeSpan.FromSeconds(1));
        await Task.WhenAll(_knocks);
        _stopping.Dispose();
        _giveUp.Dispose();
    }

    async Task RunAsync()
    {
        for (var knock = 0; !_stopping.IsCancellationRequested && !_giveUp.IsCancellationRequested; knock++)
        {
            _knocks.Add(KnockAsync(knock));
            await Task.Delay(Between, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task KnockAsync(int knock)
    {
        _act.Add(await Visit.OnceAsync(_act, Role.Door, _act.Stage.Settings.Path, _giveUp.Token) with { Client = knock });
        if (_act.Stage.Settings.Ready is { } ready && !_stopping.IsCancellationRequested)
        {
            _act.Add(await Visit.OnceAsync(_act, Role.Ready, ready, _giveUp.Token) with { Client = knock });
        }
    }
}
