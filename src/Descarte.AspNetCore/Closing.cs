using Microsoft.Extensions.Options;

namespace Descarte;

/// <summary>
/// What every connection and request has to know of the stop, in fields that cost a read: whether one is under way.
/// </summary>
sealed class Closing(IOptions<HttpDrainOptions> options)
{
    volatile bool _announced;
    volatile bool _draining;
    int _finished;

    /// <summary>How often connections are looked at while they end.</summary>
    public TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(5);

    /// <summary><see cref="HttpDrainOptions.ReadOn"/>.</summary>
    public TimeSpan ReadOn => options.Value.ReadOn;

    /// <summary>Responses say <c>Connection: close</c>: lame duck or draining.</summary>
    public bool Announced => _announced;

    /// <summary>Long connections end as soon as they are seen.</summary>
    public bool Draining => _draining;

    /// <summary>Requests finished since the stop was announced.</summary>
    public int Finished => Volatile.Read(ref _finished);

    /// <summary>When the drain began, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long DrainingSince { get; private set; }

    public void Announce() => _announced = true;

    public void Drain()
    {
        DrainingSince = Environment.TickCount64;
        _draining = true;

        // Pairs with the barrier in RequestSlot: either the sweep over the requests sees a stream, or the stream sees this.
        Interlocked.MemoryBarrier();
    }

    public void CountFinished()
    {
        if (_announced)
        {
            Interlocked.Increment(ref _finished);
        }
    }
}
