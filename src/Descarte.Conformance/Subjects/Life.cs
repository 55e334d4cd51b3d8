using System.Diagnostics;
using System.Net;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Subjects;

/// <summary>The end of a process.</summary>
/// <param name="At">In microseconds, seen through a pidfd.</param>
/// <param name="Code">The exit code; 128 and the number of the signal that ended it.</param>
readonly record struct Ending(long At, int Code);

/// <summary>One process tree from its start to its end. Whatever is left of it is killed on disposal.</summary>
sealed class Life : IAsyncDisposable
{
    /// <summary>What an exec takes, and much more, in microseconds.</summary>
    const long BecomingAnother = 30_000;

    static readonly TimeSpan AfterKill = TimeSpan.FromSeconds(5);

    // The command itself; or what docker waits with for the end of a container.
    readonly Process _process;
    readonly Clock _clock;
    readonly Task _reading;
    readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Lock _gate = new();
    long _killedAt = -BecomingAnother;
    Task? _killing;

    public Life(Process process, int id, Tree tree, Clock clock, long spawnedAt)
    {
        (_process, Id, Tree, _clock, SpawnedAt) = (process, id, tree, clock, spawnedAt);
        Ended = WatchAsync();
        _reading = Task.WhenAll(Output.ReadAsync(process.StandardOutput), Output.ReadAsync(process.StandardError));
    }

    /// <summary>Its first process; 0 when it never had one.</summary>
    public int Id { get; }

    /// <summary>Where it is reached; null for this machine itself.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Whether it is a container: its address, its ports and whatever runs in it go with its first process.</summary>
    public bool IsContainer { get; init; }

    public long SpawnedAt { get; }

    /// <summary>Completes when its first process has ended.</summary>
    public Task Over => _over.Task;

    /// <summary>The same, once the exit code is known: of a container Docker tells it, which takes its time.</summary>
    public Task<Ending> Ended { get; }

    public Tree Tree { get; }

    public OutputTail Output { get; } = new();

    /// <summary>Starts the command, in a session and process group of its own.</summary>
    /// <exception cref="SubjectException">There is no such program, or the system will not start it.</exception>
    public static Life Start(SubjectOptions options, Clock clock)
    {
        var spawnedAt = clock.Now;
        var process = Spawn(options.Command[0], options.Command.Skip(1), options.WorkingDirectory, options.Environment, out var mark);
        return new Life(process, process.Id, Tree.OfCommand(process.Id, mark, options.StopSignal), clock, spawnedAt);
    }

    /// <summary>Starts a program in a session of its own.</summary>
    /// <exception cref="SubjectException">There is no such program, or the system will not start it.</exception>
    public static Process Spawn(
        string program, IEnumerable<string> arguments, string workingDirectory, IReadOnlyList<KeyValuePair<string, string>> environment, out string mark)
    {
        // setsid(1) becomes the program: the process keeps its id and leads its own session.
        var start = new ProcessStartInfo("setsid", [Programs.Find(program, workingDirectory), .. arguments])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        // Whoever leaves the session and the tree keeps the environment.
        var marker = Guid.NewGuid().ToString("N");
        start.Environment[Tree.Variable] = marker;
        mark = $"{Tree.Variable}={marker}";
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new SubjectException($"{program} cannot be started: {exception.Message}");
        }
    }

    /// <summary>Signals its first process, as a supervisor does.</summary>
    public SentSignal Send(Signal signal)
    {
        var before = _clock.Now;

        // Its number may be another's by now.
        if (Id > 0 && !Over.IsCompleted)
        {
            Native.Send(Id, signal);
        }

        return new SentSignal(Signals.Name(signal), before, _clock.Now);
    }

    /// <summary>SIGKILL to all of it at once, as a kernel that is out of memory or a container's end is.</summary>
    /// <exception cref="SubjectException">One of it belongs to another user.</exception>
    public SentSignal Kill() => KillRunning(static id => Native.Send(id, Signal.Kill), out _);

    /// <summary>SIGKILL to everything that is left of it, until nothing is.</summary>
    public Task KillAsync()
    {
        lock (_gate)
        {
            return _killing is { IsCompleted: false } killing ? killing : _killing = KillAllAsync();
        }
    }

    async Task KillAllAsync()
    {
        // One may fork while the others are killed; and while its child becomes another program, nothing shows whose it was.
        for (var limit = Stopwatch.StartNew(); limit.Elapsed < AfterKill; await Task.Delay(2))
        {
            KillRunning(Native.TryKill, out var ran);
            if (ran == 0 && _clock.Now - Volatile.Read(ref _killedAt) >= BecomingAnother)
            {
                break;
            }
        }

        await ((Task)Ended).WaitAsync(AfterKill).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _reading.WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
        Tree.Dispose();
    }

    SentSignal KillRunning(Action<int> kill, out int ran)
    {
        var all = Tree.Running();
        ran = all.Count;
        var before = _clock.Now;
        all.ForEach(kill);
        var after = _clock.Now;
        if (ran > 0)
        {
            Volatile.Write(ref _killedAt, after);
        }

        return new SentSignal("SIGKILL", before, after);
    }

    async Task<Ending> WatchAsync()
    {
        var descriptor = Id > 0 ? Native.OpenProcess(Id) : -1;
        long endedAt = 0;
        if (descriptor >= 0)
        {
            // A thread of its own: a busy thread pool must not date the end later than it was.
            await Task.Factory.StartNew(
                () =>
                {
                    Native.WaitForEnd(descriptor);
                    endedAt = _clock.Now;
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
            _ = Native.Close(descriptor);
            _over.TrySetResult();
        }

        await _process.WaitForExitAsync();
        _over.TrySetResult();
        return new Ending(endedAt == 0 ? _clock.Now : endedAt, _process.ExitCode);
    }
}
