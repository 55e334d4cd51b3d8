using Descarte.Conformance.Evidence;

namespace Descarte.Conformance.Judging;

/// <summary>A life that was told to stop during its start, or was meant to be.</summary>
static class EarlyStop
{
    /// <summary>It was ready at the signal: this start was quicker than most, or it could be told late. From one question to the next some milliseconds pass.</summary>
    public static bool WasReady(this Trial trial, Settings settings) => trial.Sightings.Any(sighting =>
        settings.SaysReady(sighting) && sighting.StartedAt < trial.Signal!.Before && sighting.EndedAt <= trial.Signal.After + Case.Micros(Limits.BetweenAsks));
}
