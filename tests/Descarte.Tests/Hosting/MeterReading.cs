using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Descarte.Tests.Hosting;

/// <summary>Listens to the meter <c>Descarte</c> of one host, and to that of no other test's.</summary>
sealed class MeterReading : IDisposable
{
    readonly MeterListener _listener = new();
    readonly ConcurrentDictionary<string, double> _last = new();
    readonly ConcurrentDictionary<string, double> _sums = new();

    public MeterReading(IServiceProvider services)
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Descarte" && instrument.Meter.Scope == factory)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Take(instrument, value));
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Take(instrument, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Take(instrument, value));
        _listener.Start();
    }

    /// <summary>What a gauge shows now; NaN where there is none of the name.</summary>
    public double Gauge(string name)
    {
        _listener.RecordObservableInstruments();
        return _last.GetValueOrDefault(name, double.NaN);
    }

    /// <summary>All that was recorded so far; NaN where nothing was.</summary>
    public double Sum(string name) => _sums.GetValueOrDefault(name, double.NaN);

    public void Dispose() => _listener.Dispose();

    void Take(Instrument instrument, double value)
    {
        _last[instrument.Name] = value;
        _sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
    }
}
