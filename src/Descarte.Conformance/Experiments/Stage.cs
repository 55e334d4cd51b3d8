using System.Text.RegularExpressions;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Load;
using Descarte.Conformance.Machine;
using Descarte.Conformance.Subjects;

namespace Descarte.Conformance.Experiments;

/// <summary>What all experiments of a run share: the subject, the clock, and the trials so far.</summary>
sealed class Stage(ProveOptions options, Container? container, Clock clock, HiccupMeter meter, Action<Progress> report)
{
    static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    readonly List<Trial> _trials = [];
    readonly Regex? _counter = options.Settings.CounterPattern is { } pattern ? new Regex(pattern, RegexOptions.None, MatchLimit) : null;
    readonly HashSet<string> _stoppingFiles = new(StringComparer.Ordinal);

    public SubjectOptions Subject => options.Subject;

    /// <summary>What is started instead of a command.</summary>
    public Container? Container => container;

    public Signal StopSignal => container?.StopSignal ?? Subject.StopSignal;

    public Settings Settings => options.Settings;

    public Clock Clock => clock;

    public HiccupMeter Meter => meter;

    /// <summary>Seeded, so that a run can be repeated as far as the machine allows it.</summary>
    public Random Random { get; } = new(options.Settings.Seed);

    public IReadOnlyList<Trial> Trials => _trials;

    public IReadOnlyList<Calibration> Calibrations { get; set; } = [];

    /// <summary>The Server field of its answers.</summary>
    public string? Server { get; set; }

    public TimeSpan Grace => TimeSpan.FromMilliseconds(Settings.GraceMs);

    /// <summary>How long a start may take before it counts as none: a slow one is measured, not cut at the budget.</summary>
    public TimeSpan StartLimit => TimeSpan.FromMilliseconds((Settings.StartBudgetMs * 2) + 5_000);

    /// <summary>Rounds of an experiment, fewer when the run has to be quick.</summary>
    public int Rounds(int usual, int quick) => Settings.Quick ? quick : usual;

    public Request Get(string path) => new("GET", path) { Headers = Subject.Headers };

    /// <summary>The path of the load: the counter's, where there is one, so that every request of it is counted.</summary>
    public string LoadPath => Settings.CounterPath ?? Settings.Path;

    public bool IsCounter(string path) => path == Settings.CounterPath;

    /// <summary>The counter's number in an answer.</summary>
    public long? Number(ReadOnlySpan<byte> body)
    {
        try
        {
            var match = _counter?.Match(System.Text.Encoding.UTF8.GetString(body));
            return match is { Success: true, Groups.Count: > 1 } && long.TryParse(match.Groups[1].ValueSpan, out var number) ? number : null;
        }
        catch (RegexMatchTimeoutException)
        {
            throw new SubjectException($"--counter: '{Settings.CounterPattern}' takes longer than {MatchLimit.TotalSeconds:0} s on an answer; write it without nested repetition");
        }
    }

    public LoadOptions Load(Target target, ConnectionUse use, int clients, TimeSpan pause = default) => new()
    {
        Target = target,
        Request = Get(LoadPath),
        Clients = clients,
        Use = use,
        MeanPause = pause,
        Seed = Random.Next(),
        Number = Number,
        ConnectTimeout = Grace + TimeSpan.FromSeconds(5),
        AnswerTimeout = Grace + TimeSpan.FromSeconds(5),
    };

    /// <summary>Says what is done now.</summary>
    public void Begin(Experiment experiment, int round = 0) => report(new Progress(experiment, round));

    /// <summary>Starts the subject and waits until it answers.</summary>
    /// <returns>The act; its <see cref="Act.IsReady"/> says whether it came to that.</returns>
    public async Task<Act> StartAsync(Experiment experiment, int round, CancellationToken cancellation)
    {
        var act = await SpawnAsync(experiment, round, cancellation);
        try
        {
            await act.BecomeReadyAsync(cancellation);
            return act;
        }
        catch
        {
            await act.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the subject and does not wait.</summary>
    public Task<Act> SpawnAsync(Experiment experiment, int round, CancellationToken cancellation)
    {
        Begin(experiment, round);
        return Act.BeginAsync(this, experiment, round, cancellation);
    }

    /// <summary>The files that could stop a next start. Those of a container are its own.</summary>
    public IReadOnlySet<string> FilesThere() => container is null ? LeftFiles.Look(Subject.WorkingDirectory) : new HashSet<string>();

    /// <summary>From now on these files, and no others, are removed after each life, so that this one fault does not hide the others.</summary>
    public void FilesStopStarts(IEnumerable<string> files)
    {
        _stoppingFiles.UnionWith(files);
        LeftFiles.Remove(_stoppingFiles);
    }

    public Trial Add(Trial trial)
    {
        LeftFiles.Remove(trial.FilesLeft.Where(_stoppingFiles.Contains));
        _trials.Add(trial with { Number = _trials.Count });
        return _trials[^1];
    }

    /// <summary>Says of a trial what only the next start showed.</summary>
    public void Replace(Trial trial) => _trials[trial.Number] = trial;
}

/// <summary>How far a run has come: what it does now.</summary>
/// <param name="Experiment">What is done to the subject.</param>
/// <param name="Round">Which time, from 0.</param>
public readonly record struct Progress(Experiment Experiment, int Round);
