using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Descarte;

/// <summary>
/// Owns the state of the drain. Signal handlers and callbacks only enqueue; one thread, so that a starved thread pool
/// cannot hold it up, takes the events in order and carries out what the machine answers.
/// </summary>
sealed class DrainLoop : IDrain, IDisposable
{
    readonly DrainMachine _machine;
    readonly DrainOptions _options;
    readonly IDrainParticipant[] _participants;
    readonly IHostApplicationLifetime _application;
    readonly ServiceManager _serviceManager;
    readonly DrainReporter _reporter;
    readonly ILoggerFactory _loggers;
    readonly DrainClock _clock;
    readonly BlockingCollection<Action> _events = [];
    readonly CancellationTokenSource _draining = new();
    readonly CancellationTokenSource _cut = new();
    readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _hasStarted = new();
    volatile DrainPhase _phase;
    bool _signalled;
    int _started;
    int _hostStopped;
    int _disposed;

    public DrainLoop(
        IOptions<DrainOptions> options,
        IEnumerable<IDrainParticipant> participants,
        IHostApplicationLifetime application,
        ServiceManager serviceManager,
        DrainReporter reporter,
        DrainMetrics metrics,
        DrainClock clock,
        ILoggerFactory loggers)
    {
        _options = options.Value;
        _machine = new DrainMachine(_options.LameDuck, _options.CutAfter, _options.ExitAfter);
        _participants = [.. participants];
        _application = application;
        _serviceManager = serviceManager;
        _reporter = reporter;
        _clock = clock;
        _loggers = loggers;
        metrics.Observe(() => _phase, () => InFlight);
    }

    public DrainPhase Phase => _phase;

    public CancellationToken Draining => _draining.Token;

    /// <summary>Completes when nothing is in flight any more, or the rest was cut.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Fires when what is still in flight must go.</summary>
    public CancellationToken Cut => _cut.Token;

    int InFlight => _participants.Sum(participant => participant.InFlight);

    /// <summary>Starts the loop, once: whatever lifetime the host has, something starts it.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            new Thread(Run) { IsBackground = true, Name = "drain" }.Start();
            _application.ApplicationStarted.Register(Started);
            _application.ApplicationStopping.Register(StopRequested);
        }
    }

    void Started() => _events.Add(() =>
    {
        _hasStarted.SetResult();
        _machine.Started();
        if (_machine.Phase == DrainPhase.Serving)
        {
            _phase = DrainPhase.Serving;
            _serviceManager.Ready();
        }
    });

    public void Signal(string name)
    {
        var at = _clock.Now;
        _events.Add(() =>
        {
            _signalled = true;
            Act(_machine.Signal(name, at, _participants.Any(participant => participant.HasBegun)));
        });
    }

    public void StopRequested()
    {
        var at = _clock.Now;
        _events.Add(() => Act(_machine.StopRequested(at)));
    }

    /// <summary>The host has stopped. Returns when the report is out.</summary>
    public void HostStopped()
    {
        if (_started == 0 || Interlocked.Exchange(ref _hostStopped, 1) != 0)
        {
            return;
        }

        var made = new TaskCompletionSource<DrainReport>();
        _events.Add(() =>
        {
            _machine.HostStopped();
            _phase = DrainPhase.Stopped;
            _reporter.Cutting();
            _reporter.CuttingServices();

            // Who calls StopApplication, perhaps for one host of several, keeps the exit code that he has chosen.
            var report = _reporter.Report(_machine.Reason!, _signalled && !_reporter.NothingCut ? ExitCodes.Terminated : ExitCodes.Clean);
            if (report.ExitCode != ExitCodes.Clean)
            {
                Environment.ExitCode = report.ExitCode;
            }

            made.SetResult(report);
        });

        // On the caller's thread: a log sink or a callback that hangs must not hold up the deadline.
        _reporter.Publish(made.Task.GetAwaiter().GetResult());
    }

    /// <summary>Ends the loop, except after a signal: then it is what ends the process should code behind the host hang.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _events.Add(() =>
            {
                if (!_signalled)
                {
                    _events.CompleteAdding();
                }
            });
        }
    }

    void Run()
    {
        while (!_events.IsCompleted)
        {
            if (!_events.TryTake(out var happened, MillisecondsUntil(_machine.NextDue)))
            {
                happened = () => Act(_machine.Tick(_clock.Now));
            }

            try
            {
                happened();
            }
            catch (Exception e)
            {
                // A log sink or a listener of the meter threw. On this thread that would end the process, and the drain with it.
                OnThreadOfItsOwn("drain: log", () => _reporter.Failed(e));
            }
        }
    }

    int MillisecondsUntil(TimeSpan? due) =>
        // Rounded up: a wait cut to whole milliseconds would spin through the last one.
        due is { } at ? (int)Math.Ceiling(Math.Clamp((at - _clock.Now).TotalMilliseconds, 0, int.MaxValue)) : Timeout.Infinite;

    void Act(DrainAction action)
    {
        switch (action)
        {
            case DrainAction.LameDuck:
                BeginClosing(DrainPhase.LameDuck);
                break;
            case DrainAction.Drain:
                BeginClosing(DrainPhase.Draining);
                BeginDraining();
                break;
            case DrainAction.Cut:
                _reporter.Cutting();
                OnThreadOfItsOwn("drain: cut", _cut.Cancel);
                break;
            case DrainAction.ExitClean:
                ProcessExit.Now(ExitCodes.Clean, ExitMayTake);
                break;
            case DrainAction.ExitForced:
                ExitForced();
                break;
            default:
                break;
        }
    }

    void BeginClosing(DrainPhase phase)
    {
        var isFirst = _phase < DrainPhase.LameDuck;
        _phase = phase;
        foreach (var participant in _participants)
        {
            participant.BeginClosing();
        }

        if (isFirst)
        {
            var tell = _reporter.Stopping(_machine.Reason!, _machine.StoppingSince);
            OnThreadOfItsOwn("drain: log", tell);
        }
    }

    void BeginDraining()
    {
        _reporter.Draining();
        _serviceManager.Stopping();
        var drains = Array.ConvertAll(_participants, participant => participant.Drain(_cut.Token));
        _ = DrainedAsync(drains);

        // Callbacks on these tokens are the application's own: they may block, and must hold up neither the loop nor each other.
        OnThreadOfItsOwn("drain: token", _draining.Cancel);
        var signalled = _signalled;
        OnThreadOfItsOwn("drain: stop", () =>
        {
            Task.WaitAll(Array.ConvertAll(_participants, participant => participant.SaidGoodbye), _options.CutAfter);

            // A host that is told to stop in the middle of its start throws. It is told when it has started, unless there is nothing left to wait for by then.
            if (!signalled || Task.WaitAny(_hasStarted.Task, _drained.Task) == 0)
            {
                _application.StopApplication();
            }
            else
            {
                _events.Add(() => Exit(_reporter.NothingCut ? ExitCodes.Clean : ExitCodes.Terminated));
            }
        });
    }

    async Task DrainedAsync(Task[] drains)
    {
        var all = Task.WhenAll(drains);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (all.Exception is { } failure)
        {
            OnThreadOfItsOwn("drain: log", () => _reporter.Failed(failure));
        }

        // A request in flight may have begun work after there was none.
        while (InFlight > 0 && !_cut.IsCancellationRequested)
        {
            await Task.Delay(1);
        }

        _reporter.Drained();
        _drained.TrySetResult();
    }

    void ExitForced()
    {
        _reporter.Cutting();
        if (_phase == DrainPhase.Draining)
        {
            _reporter.CuttingHost();
        }

        Exit(ExitCodes.Terminated);
    }

    void Exit(int code)
    {
        _phase = DrainPhase.Stopped;
        var report = _reporter.Report(_machine.Reason!, code);

        // A log sink or a callback may hang, too: they get a moment, then the process ends without them.
        OnThreadOfItsOwn("drain: report", () =>
        {
            _reporter.Publish(report);
            _loggers.Dispose();
        }).Join(ExitMayTake * 2);
        ProcessExit.Now(code, ExitMayTake);
    }

    /// <summary>Of what is left between the exit deadline and the end of the grace period the last report gets half, the exit handlers a quarter.</summary>
    TimeSpan ExitMayTake => (_options.GracePeriod - _options.ExitAfter) / 4;

    static Thread OnThreadOfItsOwn(string name, Action action)
    {
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e) when (e is AggregateException or ObjectDisposedException)
            {
                // A callback of the application threw, or the host is gone already: the stop goes on.
            }
        })
        { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }
}
