using System.Diagnostics;

namespace Descarte.Conformance.Evidence;

/// <summary>The one clock of a run: microseconds since it began, monotonic.</summary>
sealed class Clock
{
    readonly long _origin = Stopwatch.GetTimestamp();

    public long Now => At(Stopwatch.GetTimestamp());

    public long At(long timestamp) => Stopwatch.GetElapsedTime(_origin, timestamp).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Of a timestamp that is 0 where it did not come to that.</summary>
    public long? AtOrNull(long timestamp) => timestamp == 0 ? null : At(timestamp);
}
