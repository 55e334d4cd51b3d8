using Descarte.Conformance.Client;
using Descarte.Conformance.Diagnosing;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using Descarte.Conformance.Load;
using Descarte.Conformance.Machine;
using Descarte.Conformance.Subjects;

namespace Descarte.Conformance.Experiments;

/// <summary>One life of the subject with everything that is seen of it: a trial in the making.</summary>
sealed class Act : IAsyncDisposable
{
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(4);

    readonly Stage _stage;
    readonly Lock _gate = new();
    readonly List<Sighting> _sightings = [];
    readonly List<SentSignal> _signals = [];
    readonly List<GoAwaySeen> _goAways = [];
    readonly IReadOnlySet<string> _filesBefore;
    readonly RunDelay _waits;
    readonly CancellationTokenRegistration _interruption;
    Trial _trial;

    Act(Stage stage, Experiment experiment, int round, IReadOnlySet<string> filesBefore, Life life, CancellationToken cancellation)
    {
        (_stage, _filesBefore, Life) = (stage, filesBefore, life);
        _waits = new RunDelay(Life.Tree, stage.Clock, stage.Meter);
        _trial = new Trial { Experiment = experiment, Round = round, SpawnedAt = Life.SpawnedAt, ProcessId = Life.Id };

        // At once, not behind the clients that wait for answers of it.
        _interruption = cancellation.Register(() => _ = Life.KillAsync());
    }

    public static async Task<Act> BeginAsync(Stage stage, Experiment experiment, int round, CancellationToken cancellation)
    {
        var filesBefore = stage.FilesThere();
        var life = stage.Container is { } container ? await container.StartAsync(stage.Clock, cancellation) : Life.Start(stage.Subject, stage.Clock);
        return new Act(stage, experiment, round, filesBefore, life, cancellation);
    }

    public Life Life { get; }

    /// <summary>Where it serves; only after it was found.</summary>
    public Target Target { get; private set; } = null!;

    public bool IsReady => _trial.ReadyAt is not null;

    /// <summary>Whether it was told to stop.</summary>
    public bool IsTold => _signals.Count > 0;

    /// <summary>Whether processes of it ran when its first one had ended.</summary>
    public bool LeftSomething => _trial.LeftAtExit.Count > 0;

    public Stage Stage => _stage;

    public SentSignal SignalledAt => _signals[0];

    public void Add(Sighting sighting)
    {
        lock (_gate)
        {
            _sightings.Add(sighting);
        }
    }

    public void Add(IEnumerable<Sighting> sightings)
    {
        lock (_gate)
        {
            _sightings.AddRange(sightings);
        }
    }

    /// <summary>Asks until there is a good answer, the process has ended, or the time for it is over.</summary>
    public async Task BecomeReadyAsync(CancellationToken cancellation)
    {
        var limit = _stage.Clock.Now + (long)_stage.StartLimit.TotalMicroseconds;
        while (_stage.Clock.Now < limit)
        {
            if (await FindAsync() && await AskAsync(Role.Start, cancellation) is { } readyAt)
            {
                _trial = _trial with { ReadyAt = readyAt, Tree = Life.Tree.Look() };
                return;
            }

            // An interruption ends the subject, too, and that is not its failure.
            cancellation.ThrowIfCancellationRequested();
            if (Life.Ended.IsCompleted)
            {
                _trial = _trial with { StartFailure = $"it ended with exit code {Life.Ended.Result.Code} before it answered{Said()}" };
                return;
            }

            await Task.Delay(BetweenLooks, cancellation);
        }

        _trial = _trial with { StartFailure = NeverAnswered() };
    }

    string NeverAnswered()
    {
        var time = $"within {_stage.StartLimit.TotalSeconds:0} s";
        return (Target, _stage.Subject.Target) switch
        {
            (null, null) => $"no process of its tree listened on a TCP port{(Life.IsContainer ? " that can be reached from outside" : "")} {time}",
            (null, var told) => $"nobody listened on {told.Authority} {time}",
            (var found, _) => $"it had no good answer for {_stage.Settings.Ready ?? _stage.Settings.Path} on {found.EndPoint} {time}"
                + (found is { Tls: true, Insecure: false } ? "; if this machine does not trust its certificate, add --insecure" : ""),
        };
    }

    // Its words say more than its exit code.
    string Said()
    {
        var said = Figures.LineThatSaysWhy(Life.Output.ToString());

        // Once it has served there, it may be its own doing: that is for a clause, and for the diagnosis.
        var isFirst = _stage.Trials.All(trial => trial.ReadyAt is null);
        return said.Length == 0 ? ""
            : isFirst && Symptoms.SaysThatItsAddressIsInUse(said) ? $": {said}. Somebody else listens there already: stop it, or give the subject another port"
            : $": {said}";
    }

    /// <summary>Looks once where it listens.</summary>
    public async ValueTask<bool> FindAsync()
    {
        Target ??= (_stage.Subject.Target is not { } told ? Life.Tree.Listens(Life.Address)
            : Life.Address is not null || told.OtherAddresses.Count == 0 ? told.At(Life.Address)
            : await Visit.FirstHeldAsync(told))!;
        return Target is not null;
    }

    /// <summary>Asks once whether it is ready.</summary>
    /// <returns>When the question was written, if the answer was good.</returns>
    public async Task<long?> AskAsync(Role role, CancellationToken cancellation)
    {
        var path = _stage.Settings.Ready ?? _stage.Settings.Path;
        var sighting = await Visit.OnceAsync(this, role, path, cancellation);
        if (sighting.WrittenAt is not null || role != Role.Start)
        {
            Add(sighting);
        }

        return _stage.Settings.SaysReady(sighting) ? sighting.WrittenAt : null;
    }

    public void Add(GoAwaySeen goAway)
    {
        lock (_gate)
        {
            _goAways.Add(goAway);
        }
    }

    /// <summary>Keeps what was done to one of its processes, and what became of that.</summary>
    public void Harmed(WorkerSeen worker)
    {
        _trial = _trial with { Worker = worker };
        if (Life.Ended.IsCompleted)
        {
            _trial = _trial with { ExitedAt = Life.Ended.Result.At, ExitCode = Life.Ended.Result.Code };
        }
    }

    public void Inherited(OrphanSeen? orphan) => _trial = _trial with { Orphan = orphan };

    /// <summary>Sends its first process the signal that its supervisor stops it with, and keeps when. To one that has ended behind a first signal no other is sent.</summary>
    public void Stop()
    {
        if (_signals.Count == 0)
        {
            _trial = _trial with { Tree = Life.Tree.Look() };
        }
        else if (Life.Over.IsCompleted)
        {
            return;
        }

        _signals.Add(Life.Send(_stage.StopSignal));
    }

    /// <summary>SIGKILL to all of it.</summary>
    public void SendKillToAll() => _signals.Add(Life.Kill());

    /// <summary>Waits for the end, at most the grace period from the signal, then kills; looks at what is left.</summary>
    /// <param name="later">Whether to look once more a second later.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task EndAsync(bool later, CancellationToken cancellation)
    {
        var left = _stage.Grace - TimeSpan.FromMicroseconds(_stage.Clock.Now - SignalledAt.After);
        try
        {
            await Life.Over.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellation);
            var ending = await Life.Ended.WaitAsync(cancellation);
            _trial = _trial with { ExitedAt = ending.At, ExitCode = ending.Code, LeftAtExit = Life.Tree.Look() };
        }
        catch (TimeoutException)
        {
            _trial = _trial with { KilledAt = _stage.Clock.Now };
            await Life.KillAsync();
        }

        if (later && _trial.ExitedAt is not null)
        {
            _trial = _trial with { PortHeldAtExit = await HoldsPortAsync() };
            await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
            _trial = _trial with { LeftLater = Life.Tree.Look(), PortHeldLater = await HoldsPortAsync() };
        }
    }

    async Task<bool> HoldsPortAsync() => Target is not null && !Life.IsContainer && await Visit.IsHeldAsync(Target);

    /// <summary>
    /// Lets it end by its stop signal, of which nothing is judged: a death here would be an experiment of its own, and could keep it from starting again. Who does not
    /// end, or never was ready, is killed by <see cref="FinishAsync"/>.
    /// </summary>
    public async Task DismissAsync(CancellationToken cancellation)
    {
        if (!IsReady)
        {
            return;
        }

        Life.Send(_stage.StopSignal);
        try
        {
            await Life.Over.WaitAsync(_stage.Grace, cancellation);
        }
        catch (TimeoutException)
        {
            // It had its time.
        }
    }

    /// <summary>Takes in what the clients of a load saw.</summary>
    public void Add(LoadResult result, int firstClient = 0, long over = long.MaxValue) => Add(Visit.Seen(_stage, result, firstClient, over));

    /// <summary>Ends what is left of it and hands the trial over.</summary>
    public async Task<Trial> FinishAsync()
    {
        await Life.KillAsync();
        lock (_gate)
        {
            return _stage.Add(_trial with
            {
                Signals = [.. _signals],
                GoAways = [.. _goAways],
                Sightings = [.. _sightings.Select(ToAnAddressThatIsGone).OrderBy(sighting => sighting.StartedAt)],
                FilesLeft = [.. _stage.FilesThere().Except(_filesBefore).Order(StringComparer.Ordinal)],
                Output = Life.Output.ToString(),
            });
        }
    }

    // A container's address goes with it: then there is nobody even to refuse, and how long the connect hung is Docker's doing.
    Sighting ToAnAddressThatIsGone(Sighting sighting)
    {
        var end = _trial.ExitedAt ?? _trial.KilledAt ?? long.MaxValue;
        return Life.IsContainer && sighting.ConnectedAt is null && sighting.EndedAt > end
            ? sighting with { Outcome = Outcome.Refused, EndedAt = Math.Max(sighting.StartedAt, end) }
            : sighting;
    }

    public async ValueTask DisposeAsync()
    {
        await _interruption.DisposeAsync();
        await Life.DisposeAsync();
        _waits.Dispose();
    }
}
