using System.Diagnostics.Metrics;

namespace Descarte;

/// <summary>The instruments of the meter <c>Descarte</c>. Gauges are read when somebody asks: they cost the requests nothing.</summary>
sealed class DrainMetrics : IDisposable
{
    readonly Meter _meter;
    readonly Histogram<double> _duration;
    readonly Counter<long> _finished;
    readonly Counter<long> _cut;

    public DrainMetrics(IMeterFactory factory)
    {
        _meter = factory.Create("Descarte");
        _duration = _meter.CreateHistogram<double>("descarte.drain.duration", "s", "Time from the signal until the host had stopped.");
        _finished = _meter.CreateCounter<long>("descarte.drain.finished", "{work}", "Requests and other work finished while stopping.");
        _cut = _meter.CreateCounter<long>("descarte.drain.cut", "{work}", "Requests and other work that had to be cut.");
    }

    public void Observe(Func<DrainPhase> phase, Func<int> inFlight)
    {
        _meter.CreateObservableGauge("descarte.drain.phase", () => (int)phase(), description: "0 starting, 1 serving, 2 lame duck, 3 draining, 4 stopped.");
        _meter.CreateObservableGauge("descarte.work.in_flight", inFlight, "{work}", "Requests and other work in flight.");
    }

    public void Record(DrainReport report)
    {
        _duration.Record(report.StoppedAt.TotalSeconds);
        _finished.Add(report.Finished);
        _cut.Add(report.Cut.Count);
    }

    public void Dispose() => _meter.Dispose();
}
