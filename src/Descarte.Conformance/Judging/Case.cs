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

    /// <summary>The starts that failed, each with the life before it.</summary>
    public IEnumerable<(Trial Before, Trial Failed)> FailedStarts => recording.Trials.Zip(recording.Trials.Skip(1)).Where(pair => pair.Second.StartFailure is not null);

    public IReadOnlyList<Trial> All(Experiment experiment) => [.. recording.Trials.Where(trial => trial.Experiment == experiment)];

    public Calibration? Calibration(Role role) => recording.Calibrations.FirstOrDefault(calibration => calibration.Role == role);

    /// <summary>The different lengths of a hinted path's good answers when nothing is stopped.</summary>
    public List<long> Lengths(Role role) =>
        [.. recording.Calibrations.Where(calibration => calibration.Role == role && calibration.Status is >= 200 and < 400).Select(calibration => calibration.BodyLength).Distinct()];

    /// <summary>The finding of a hint whose path gives no good answer even when nothing is stopped; null where it gives one.</summary>
    public Finding? Unusable(Role role, string hint) => Calibration(role) is { Status: >= 200 and < 400 }
        ? null
        : new Finding(Verdict.Inconclusive, $"the path of {hint} answers with {Calibration(role)?.Status ?? 0} when nothing is stopped");

    /// <summary>From when on a stop is measured: the signal, or in the lame duck profile the moment of the first refusal.</summary>
    public long StopsFrom(Trial trial) => profile == Profile.Strict
        ? trial.Signal!.Before
        : trial.Sightings.Where(sighting => sighting is { Role: Role.Door, Outcome: Outcome.Refused }).MinBy(sighting => sighting.EndedAt)?.StartedAt ?? trial.Signal!.Before;

    /// <summary>Whether it is a lame duck that lets everybody in until it exits: then there is no time in which it only stops.</summary>
    public bool ServesToTheEnd(Trial trial) => profile == Profile.LameDuck && StopsFrom(trial) >= trial.ExitedAt;

    /// <summary>The idle stop that took the median time of those that came to an end by themselves; null when none did.</summary>
    public Trial? TypicalIdleStop() => Median(Stops(Experiment.Idle).Where(trial => trial.ExitedAt is not null), trial => trial.ExitedAt!.Value - StopsFrom(trial));

    /// <summary>
    /// Judges how much longer a stop took than others. A lame duck's service behind the signal is compared apart: it may be long, but what holds it must not make it longer either.
    /// </summary>
    /// <param name="trial">The stop, which came to its end by itself.</param>
    /// <param name="others">Those without what may have held it; those that had to be killed do not count.</param>
    /// <param name="more">What it may take longer.</param>
    /// <param name="what">The sentence, with {0} for its time and {1} for the median of the others.</param>
    public Round Compared(Trial trial, IEnumerable<Trial> others, TimeSpan more, string what)
    {
        var ended = others.Where(other => other.ExitedAt is not null).ToList();
        if (profile == Profile.LameDuck)
        {
            var served = Against(Service, Awaited, ServesToTheEnd(trial) ? what : "let clients in for {0} after the signal, and otherwise for {1}");
            if (ServesToTheEnd(trial) || served.Verdict != Verdict.Pass)
            {
                return served;
            }
        }

        return Against(other => (StopsFrom(other), other.ExitedAt!.Value), (stop, from, to, usual, longer, text) => Timed(stop, from, to, usual + longer, text), what);

        (long From, long To) Service(Trial other) => (other.Signal!.Before, Math.Min(StopsFrom(other), other.ExitedAt!.Value));

        Round Against(Func<Trial, (long From, long To)> time, Func<Trial, long, long, TimeSpan, TimeSpan, string, Round> judge, string text)
        {
            var usual = Median(ended, Length) is { } median ? Length(median) : 0;
            var (from, to) = time(trial);
            return judge(trial, from, to, TimeSpan.FromMicroseconds(usual), more, string.Format(CultureInfo.InvariantCulture, text, "{0}", Figures.Time(usual)));

            long Length(Trial other) => time(other) is var (begun, over) ? Math.Max(0, over - begun) : 0;
        }
    }

    /// <summary>The median start, in microseconds; null when there was none.</summary>
    public long? MedianStart() => Median(All(Experiment.Idle).Where(trial => trial.ReadyAt is not null), StartTime) is { } trial ? StartTime(trial) : null;

    /// <summary>From its beginning until it answered, in microseconds; of one that did.</summary>
    public static long StartTime(Trial trial) => trial.ReadyAt!.Value - trial.SpawnedAt;

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
    /// Judges when a wait that is meant to be, such as a watchdog's or a lame duck's, came to its end. Pauses within it can have made the end late, but not early.
    /// </summary>
    /// <param name="trial">Where it was measured.</param>
    /// <param name="from">The beginning, in microseconds.</param>
    /// <param name="to">The end.</param>
    /// <param name="wait">What it is meant to take.</param>
    /// <param name="more">What it may take longer.</param>
    /// <param name="what">The sentence, with {0} for the time.</param>
    public Round Awaited(Trial trial, long from, long to, TimeSpan wait, TimeSpan more, string what)
    {
        var text = string.Format(CultureInfo.InvariantCulture, what, Figures.Time(Math.Max(0, to - from)));
        var due = from + Micros(wait);
        return to <= due + Micros(more) ? Timed(trial, due, to, more, text) : Timed(trial, from, to, wait + more, text);
    }

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

    /// <summary>The one in the middle; null of none.</summary>
    public static T? Median<T>(IEnumerable<T> all, Func<T, long> time)
        where T : class
    {
        var sorted = all.OrderBy(time).ToList();
        return sorted.Count == 0 ? null : sorted[sorted.Count / 2];
    }

    /// <summary>Whether it had an answer that is not the server's fault.</summary>
    public static bool IsServed(Sighting sighting) => sighting.Outcome.IsAnswered() && sighting.Status < 500;
}
