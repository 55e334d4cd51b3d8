using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Descarte.Tests.Hosting;

/// <summary>What the callback and the meter are told of a stop.</summary>
public class ReportTests
{
    static CancellationToken Limit => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task The_callback_gets_the_report_once()
    {
        var reports = new List<DrainReport>();
        using var host = Host(reports);
        await host.StartAsync(Limit);
        var work = host.Services.GetRequiredService<IWorkTracker>().Begin("mail");
        var first = host.StopAsync(Limit);
        var second = host.StopAsync(Limit);
        await Draining(host);
        work.Dispose();
        await Task.WhenAll(first, second);

        var report = Assert.Single(reports);
        Assert.Equal(("StopApplication", 1, 1, 0), (report.Reason, report.InFlight, report.Finished, report.ExitCode));
        Assert.Empty(report.Cut);
        Assert.Null(report.DoorClosedAt);
        Assert.True(report.DrainingAt <= report.DrainedAt && report.DrainedAt <= report.StoppedAt);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_was_cut_is_named_oldest_first()
    {
        var reports = new List<DrainReport>();
        using var host = Host(reports, TimeSpan.FromMilliseconds(500));
        await host.StartAsync(Limit);
        var tracker = host.Services.GetRequiredService<IWorkTracker>();
        tracker.Begin("older");
        await Task.Delay(20, Limit);
        tracker.Begin("younger");
        await host.StopAsync(Limit);

        // Nobody signalled: the exit code is the application's own.
        var report = Assert.Single(reports);
        Assert.Equal(["older", "younger"], report.Cut.Select(work => work.Name));
        Assert.Equal(0, report.ExitCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_background_service_that_does_not_end_is_cut_and_named()
    {
        var reports = new List<DrainReport>();
        using var deaf = new Deaf();
        using var host = Host(reports, TimeSpan.FromMilliseconds(500), services => services.AddHostedService(_ => deaf));
        await host.StartAsync(Limit);
        await deaf.Begun.Task.WaitAsync(Limit);
        await host.StopAsync(Limit);
        Assert.Equal(["hosted service Deaf"], Assert.Single(reports).Cut.Select(work => work.Name));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_meter_tells_phase_work_and_outcome()
    {
        using var host = Host([], TimeSpan.FromSeconds(1));
        using var meter = new MeterReading(host.Services);
        await host.StartAsync(Limit);
        await MeterShows(meter, "descarte.drain.phase", 1);

        var tracker = host.Services.GetRequiredService<IWorkTracker>();
        var finished = tracker.Begin("finished");
        tracker.Begin("cut");
        Assert.Equal(2, meter.Gauge("descarte.work.in_flight"));

        var stopped = host.StopAsync(Limit);
        await Draining(host);
        Assert.Equal(3, meter.Gauge("descarte.drain.phase"));
        finished.Dispose();
        await stopped;

        Assert.Equal(4, meter.Gauge("descarte.drain.phase"));
        Assert.Equal((1, 1), (meter.Sum("descarte.drain.finished"), meter.Sum("descarte.drain.cut")));
        Assert.InRange(meter.Sum("descarte.drain.duration"), 0.9, 30);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_part_of_the_drain_that_fails_is_told_of_and_the_stop_goes_on()
    {
        var reports = new List<DrainReport>();
        using var log = new ErrorLog();
        using var host = Host(reports, configure: services => services
            .AddSingleton<IDrainParticipant, Failing>()
            .AddLogging(logging => logging.AddProvider(log)));
        await host.StartAsync(Limit);
        await host.StopAsync(Limit);
        Assert.Single(reports);
        Assert.Contains("the door is stuck", (await log.Error.Task.WaitAsync(Limit)).ToString(), StringComparison.Ordinal);
    }

    static IHost Host(List<DrainReport> reports, TimeSpan? grace = null, Action<IServiceCollection>? configure = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.AddGracefulDrain(options => (options.GracePeriod, options.OnDrained) = (grace ?? TimeSpan.FromSeconds(20), reports.Add));
        configure?.Invoke(builder.Services);
        return builder.Build();
    }

    static async Task Draining(IHost host) =>
        await Task.Delay(Timeout.Infinite, host.Services.GetRequiredService<IDrain>().Draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>The loop hears of the start from the host, and a little later than who waits for the start.</summary>
    static async Task MeterShows(MeterReading meter, string gauge, double value)
    {
        while (meter.Gauge(gauge) != value)
        {
            await Task.Delay(1, Limit);
        }
    }

    sealed class Deaf : BackgroundService
    {
        public TaskCompletionSource Begun { get; } = new();

        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            Begun.SetResult();
            return Task.Delay(Timeout.Infinite, CancellationToken.None);
        }
    }

    sealed class Failing : IDrainParticipant
    {
        public int InFlight => 0;

        public bool HasBegun => false;

        public int Finished => 0;

        public TimeSpan? DoorClosedAt => null;

        public Task SaidGoodbye => Task.CompletedTask;

        public void BeginClosing()
        {
        }

        public Task Drain(CancellationToken cut) => Task.FromException(new InvalidOperationException("the door is stuck"));

        public void Describe(List<CutWork> work)
        {
        }
    }

    sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public TaskCompletionSource<Exception> Error { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Error.TrySetResult(exception!);

        public void Dispose()
        {
        }
    }
}
