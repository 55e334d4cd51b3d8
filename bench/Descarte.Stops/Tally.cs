using Descarte.Conformance.Client;
using Descarte.Harness.Stops;

namespace Descarte.Stops;

/// <summary>The figures of many stops of one server under one kind of load.</summary>
sealed class Tally
{
    readonly List<double> _milliseconds = [];
    readonly List<int> _lost = [];

    public int Stops => _lost.Count;

    public int Answered { get; private set; }

    public int AnsweredThenReset { get; private set; }

    public int Unavailable { get; private set; }

    public int Refused { get; private set; }

    public int ExitCodeNotZero { get; private set; }

    /// <summary>Still running when the time was up.</summary>
    public int Killed { get; private set; }

    public int Lost => _lost.Sum();

    public int LostAtLeast => _lost.Min();

    public int LostAtMost => _lost.Max();

    public double MedianMilliseconds
    {
        get
        {
            double[] sorted = [.. _milliseconds.Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public double MaxMilliseconds => _milliseconds.Max();

    public void Add(StopResult stop, TimeSpan longest)
    {
        _lost.Add(stop.Load.Lost.Count);
        _milliseconds.Add(stop.Time.TotalMilliseconds);
        Answered += stop.Load.Answered;
        AnsweredThenReset += stop.Load.Count(Outcome.AnsweredThenReset);
        Unavailable += stop.Load.Count(Outcome.Unavailable);
        Refused += stop.Load.Count(Outcome.Refused) + stop.Load.Count(Outcome.NotProcessed);
        ExitCodeNotZero += stop.ExitCode == 0 ? 0 : 1;
        Killed += stop.Time >= longest ? 1 : 0;
    }
}
