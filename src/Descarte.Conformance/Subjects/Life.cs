using System.Diagnostics;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Subjects;

/// <summary>The end of a process.</summary>
/// <param name="At">In microseconds, seen through a pidfd.</param>
/// <param name="Code">The exit code; 128 and the number of the signal that ended it.</param>
readonly record struct Ending(long At, int Code);

/// <summary>One process tree from its start to its end, in a session and process group of its own. Whatever is left of it is killed on disposal.</summary>
sealed class Life : IAsyncDisposable
{
    static readonly TimeSpan AfterKill = TimeSpan.FromSeconds(5);

    readonly Process _process;
    readonly Clock _clock;
    readonly Task _reading;

    Life(Process process, Clock clock, long spawnedAt, string mark)
    {
        (_process, _clock, SpawnedAt) = (process, clock, spawnedAt);
        Id = process.Id;
        Tree = new Tree(Id, mark);
        Ended = WatchAsync();
        _reading = Task.WhenAll(Output.ReadAsync(process.StandardOutput), Output.ReadAsync(process.StandardError));
    }

    public int Id { get; }

    public long SpawnedAt { get; }

    public Task<Ending> Ended { get; }

    public Tree Tree { get; }

    public OutputTail Output { get; } = new();

    /// <summary>Starts the command.</summary>
    /// <exception cref="SubjectException">There is no such program, or the system will not start it.</exception>
    public static Life Start(SubjectOptions options, Clock clock)
    {
        // setsid(1) becomes the program: the process keeps its id and leads its own session.
        var start = new ProcessStartInfo("setsid", [Programs.Find(options.Command[0], options.WorkingDirectory), .. options.Command.Skip(1)])
        {
            WorkingDirectory = options.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        // Whoever leaves the session and the tree keeps the environment.
        var mark = Guid.NewGuid().ToString("N");
        start.Environment[Tree.Variable] = mark;
        var spawnedAt = clock.Now;
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return new Life(process, clock, spawnedAt, $"{Tree.Variable}={mark}");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new SubjectException($"{options.Command[0]} cannot be started: {exception.Message}");
        }
    }

    /// <summary>Signals its first process, as a supervisor does.</summary>
    public SentSignal Send(Signal signal)
    {
        var before = _clock.Now;
        Native.Send(Id, signal);
        return new SentSignal(signal == Signal.Kill ? "SIGKILL" : "SIGTERM", before, _clock.Now);
    }

    /// <summary>SIGKILL to everything that is left of it.</summary>
    public async Task KillAsync()
    {
        // One may fork while the others are killed.
        var limit = Stopwatch.StartNew();
        while (Tree.Running() is { Count: > 0 } left && limit.Elapsed < AfterKill)
        {
            left.ForEach(id => Native.Send(id, Signal.Kill));
            await Task.Delay(2);
        }

        await ((Task)Ended).WaitAsync(AfterKill).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _reading.WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
    }

    async Task<Ending> WatchAsync()
    {
        var descriptor = Native.OpenProcess(Id);
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
        }

        await _process.WaitForExitAsync();
        return new Ending(endedAt == 0 ? _clock.Now : endedAt, _process.ExitCode);
    }
}
