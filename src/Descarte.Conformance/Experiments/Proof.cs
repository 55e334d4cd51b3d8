using System.Globalization;
using System.Runtime.InteropServices;
using Descarte.Conformance.Clauses;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;
using Descarte.Conformance.Subjects;

namespace Descarte.Conformance.Experiments;

/// <summary>Runs the experiments and records what is seen.</summary>
public static class Proof
{
    static readonly IReadOnlyList<(Experiment Experiment, Func<Stage, CancellationToken, Task> Run)> Script =
    [
        (Experiment.Idle, Starts.IdleAsync),
        (Experiment.EarlySignal, Starts.EarlySignalAsync),
        (Experiment.LoadNew, Loads.NewAsync),
        (Experiment.LoadKept, Loads.KeptAsync),
        (Experiment.Backlog, Backlog.RunAsync),
        (Experiment.Slow, InFlight.SlowAsync),
        (Experiment.SecondSignal, InFlight.SecondSignalAsync),
        (Experiment.Download, InFlight.DownloadAsync),
        (Experiment.Upload, InFlight.UploadAsync),
        (Experiment.Talkative, InFlight.TalkativeAsync),
        (Experiment.IdleConnections, Resting.IdleConnectionsAsync),
        (Experiment.SilentConnections, Resting.SilentConnectionsAsync),
        (Experiment.EventStreams, LongLived.EventStreamsAsync),
        (Experiment.WebSockets, LongLived.WebSocketsAsync),
        (Experiment.Http2, Http2Stops.RunAsync),
        (Experiment.LongRequest, InFlight.EndlessAsync),
        (Experiment.WorkerKilled, Workers.KilledAsync),
        (Experiment.WorkerHung, Workers.HungAsync),
        (Experiment.Orphan, Reaping.RunAsync),
        (Experiment.Kill, Loads.KillAsync),
    ];

    /// <summary>Starts, loads, stops and kills the subject, or disturbs one that runs already. Whatever happens, nothing of it runs afterwards.</summary>
    /// <param name="options">What to test.</param>
    /// <param name="report">Called with what is done now.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="SubjectException">The subject cannot be tested at all.</exception>
    public static async Task<Recording> RunAsync(ProveOptions options, Action<Progress>? report = null, CancellationToken cancellation = default)
    {
        await Precondition.CheckAsync(options.Subject, runsAlready: options.Settings.Disturbance is not null);
        await using var container = options.Subject.Container is null ? null : await Container.OpenAsync(options.Subject, cancellation);
        var clock = new Clock();
        using var meter = new HiccupMeter(clock);
        var stage = new Stage(options, container, clock, meter, report ?? (static _ => { }));
        var startedAt = DateTimeOffset.UtcNow;
        await (options.Settings.Disturbance is null ? StartAndStopAsync(stage, options, cancellation) : Disturbance.RunAsync(stage, cancellation));
        cancellation.ThrowIfCancellationRequested();

        return new Recording
        {
            Schema = Recording.CurrentSchema,
            StartedAt = startedAt,
            Subject = options.Settings.Disturbance is { } disturbance ? $"{options.Subject.Target!.Authority} and {disturbance}"
                : string.Join(' ', options.Settings.Container is { } name ? [name, .. options.Subject.Command] : options.Subject.Command),
            Settings = options.Settings,
            Machine = string.Create(CultureInfo.InvariantCulture, $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors"),
            Server = stage.Server,
            Calibrations = stage.Calibrations,
            Trials = [.. stage.Trials],
            Pauses = meter.Pauses,
        };
    }

    static async Task StartAndStopAsync(Stage stage, ProveOptions options, CancellationToken cancellation)
    {
        await Calibrate.RunAsync(stage, cancellation);
        if (stage.Trials[0].ReadyAt is not null)
        {
            foreach (var (_, run) in Script.Where(entry => IsWanted(entry.Experiment, options)))
            {
                await run(stage, cancellation);
            }
        }
    }

    static bool IsWanted(Experiment experiment, ProveOptions options)
    {
        var wanted = Catalog.All.Where(clause => options.Settings.Clauses.Count == 0 || options.Settings.Clauses.Contains(clause.Id)).ToList();

        // The others are compared with the idle stop.
        return experiment == Experiment.Idle || wanted.Exists(clause => clause.Experiments.Contains(experiment));
    }
}
