using System.Globalization;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Judging;

/// <summary>A recording as clauses read it.</summary>
sealed class Case(Recording recording, Profile profile)
{
    public Recording Recording => recording;

    public Settings Settings => recording.Settings;

    public Profile Profile => profile;

    /// <summary>The lives in which the subject was ready and then got a signal.</summary>
    public IReadOnlyList<Trial> Stops(params ReadOnlySpan<Experiment> experiments)
    {
        var wanted = experiments.ToArray();
        return [.. recording.Trials.Where(trial => trial.ReadyAt is not null && IsWhole(trial) && wanted.Contains(trial.Experiment))];
    }

    /// <summary>All lives in which the subject was ready and was stopped by one signal, with none of its processes killed or hung before.</summary>
    public IReadOnlyList<Trial> SingleStops =>
    [
        .. recording.Trials.Where(trial => trial.ReadyAt is not null && IsWhole(trial) && trial.Signals.Count == 1
            && trial.Experiment is not (Experiment.EarlySignal or Experiment.SecondSignal or Experiment.Kill or Experiment.WorkerKilled or Experiment.WorkerHung or Experiment.Disturbed)),
    ];

    /// <summary>The lives that got a signal before they were ready.</summary>
    public IReadOnlyList<Trial> EarlyStops() => [.. recording.Trials.Where(trial => IsWhole(trial) && trial.Experiment == Experiment.EarlySignal)];

    public IReadOnlyList<Trial> All(Experiment experiment) => [.. recording.Trials.Where(trial => trial.Experiment == experiment)];

    public Calibration? Calibration(Role role) => recording.Calibrations.FirstOrDefault(calibration => calibration.Role == role);

    /// <summary>From when on a stop is measured: the signal, or in the lame duck profile the moment of the first refusal.</summary>
    public long StopsFrom(Trial trial) => profile == Profile.Strict
        ? trial.Signal!.Before
        : trial.Sightings.Where(sighting => sighting is { Role: Role.Door, Outcome: Outcome.Refused }).MinBy(sighting => sighting.EndedAt)?.StartedAt ?? trial.Signal!.Before;

    /// <summary>Whether it is a lame duck that lets everybody in until it exits: then there is no time in which it only stops.</summary>
    public bool ServesToTheEnd(Trial trial) => profile == Profile.LameDuck && StopsFrom(trial) >= trial.ExitedAt;

    /// <summary>From when on a stop is measured that is compared with others: in one that served to the end, from the signal.</summary>
    /// <param name="trial">The stop.</param>
    /// <param name="like">The one that decides; null for this one itself.</param>
    public long ComparedFrom(Trial trial, Trial? like = null) => ServesToTheEnd(like ?? trial) ? trial.Signal!.Before : StopsFrom(trial);

    /// <summary>How long a stop took, in microseconds, measured as that of <paramref name="like"/>; null when it had to be killed.</summary>
    public long? StopTime(Trial trial, Trial like) => trial.ExitedAt is { } exitedAt ? Math.Max(0, exitedAt - ComparedFrom(trial, like)) : null;

    /// <summary>The median time of the idle stops that came to an end by themselves, measured as that of <paramref name="like"/>; null when none did.</summary>
    public long? MedianIdleStop(Trial like) => Median(IdleStops, trial => StopTime(trial, like)!.Value) is { } median ? StopTime(median, like) : null;

    /// <summary>The one of them that took the median time from where a stop is measured.</summary>
    public Trial? TypicalIdleStop() => Median(IdleStops, trial => trial.ExitedAt!.Value - StopsFrom(trial));

    /// <summary>The median start, in microseconds; null when there was none.</summary>
    public long? MedianStart() => Median(All(Experiment.Idle).Where(trial => trial.ReadyAt is not null), StartTime) is { } trial ? StartTime(trial) : null;

    IEnumerable<Trial> IdleStops => Stops(Experiment.Idle).Where(trial => trial.ExitedAt is not null);

    static long StartTime(Trial trial) => trial.ReadyAt!.Value - trial.SpawnedAt;

    /// <summary>
    /// Judges a time against a limit. The margin is the distance between the two: where the machine paused for longer than that meanwhile, the time
    /// could have been on the other side.
    /// </summary>
    /// <param name="trial">Where it was measured.</param>
    /// <param name="from">The beginning, in microseconds.</param>
    /// <param name="to">The end.</param>
    /// <param name="limit">The longest time that passes.</param>
    /// <param name="what">The sentence, with {0} for the time.</param>
    /// <param name="warning">The longest time that is only warned of.</param>
    public Round Timed(Trial trial, long from, long to, TimeSpan limit, string what, TimeSpan? warning = null)
    {
        var time = Math.Max(0, to - from);
        var margin = Math.Abs(time - Micros(limit));
        margin = warning is { } second ? Math.Min(margin, Math.Abs(time - Micros(second))) : margin;
        var paused = HiccupMeter.Within(recording.Pauses, from, to);
        var text = string.Format(CultureInfo.InvariantCulture, what, Figures.Time(time));
        return paused > margin
            ? new Round(trial.Number, Verdict.Inconclusive, $"{text}, but this machine paused for {Figures.Time(paused)} meanwhile", time > Micros(warning ?? limit))
            : new Round(trial.Number, time <= Micros(limit) ? Verdict.Pass : time <= Micros(warning ?? limit) ? Verdict.Warning : Verdict.Fail, text);
    }

    /// <summary>Of a subject that ended by itself before the grace period did: a fact, however busy the machine was.</summary>
    public static Round Ended(Trial trial, string what) => new(
        trial.Number, Verdict.Pass, string.Format(CultureInfo.InvariantCulture, what, Figures.Time(trial.ExitedAt!.Value - trial.Signal!.Before)));

    /// <summary>
    /// Of a subject that had to be killed: a failure, unless the machine did not let it run for more than half of the time. One that still answered in the
    /// second half did run.
    /// </summary>
    public Round Killed(Trial trial)
    {
        var from = trial.Signal!.Before;
        var served = trial.Sightings.Any(sighting => sighting.Outcome.IsAnswered() && sighting.FirstByteAt > from + ((trial.KilledAt!.Value - from) / 2));
        var paused = HiccupMeter.Within(recording.Pauses, from, trial.KilledAt!.Value);
        var text = $"it still ran {Figures.Time(trial.KilledAt.Value - from)} after the signal and had to be killed";
        return !served && paused * 2 > trial.KilledAt.Value - from
            ? new Round(trial.Number, Verdict.Inconclusive, $"{text}, but this machine paused for {Figures.Time(paused)} meanwhile", Suspect: true)
            : new Round(trial.Number, Verdict.Fail, text);
    }

    public static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    // A run that was cut short has signals of which nobody saw what came of them.
    static bool IsWhole(Trial trial) => trial.Signals.Count > 0 && (trial.ExitedAt ?? trial.KilledAt) is not null;

    static Trial? Median(IEnumerable<Trial> trials, Func<Trial, long> time)
    {
        var sorted = trials.OrderBy(time).ToList();
        return sorted.Count == 0 ? null : sorted[sorted.Count / 2];
    }
}
