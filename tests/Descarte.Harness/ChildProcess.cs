using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace Descarte.Harness;

/// <summary>A process that a test starts, signals, reads and never leaves behind.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    static readonly ConcurrentDictionary<int, ChildProcess> Alive = new();

    readonly Process _process;
    readonly Task _exited;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        // A test cut by its timeout may not have come to its own clean-up.
        foreach (var child in Alive.Values)
        {
            child.Kill();
        }
    };

    ChildProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        Alive[Id] = this;
        _exited = Task.WhenAll(
            process.WaitForExitAsync(), Output.ReadAsync(process.StandardOutput), Error.ReadAsync(process.StandardError));
    }

    public int Id { get; }

    /// <summary>Standard output.</summary>
    public CapturedOutput Output { get; } = new();

    /// <summary>Standard error.</summary>
    public CapturedOutput Error { get; } = new();

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a command, with no shell between.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="workingDirectory">Where it runs.</param>
    /// <param name="environment">Set over the test's own environment; a null value takes the variable out.</param>
    public static ChildProcess Start(
        IReadOnlyList<string> command, string workingDirectory, IEnumerable<KeyValuePair<string, string?>>? environment = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(Process.Start(start)!);
    }

    public void Send(Signal signal) => Signals.Send(Id, signal);

    /// <summary>Waits for the end of the process and of its output.</summary>
    /// <returns>The exit code; 128 plus the signal when one killed it.</returns>
    /// <exception cref="TimeoutException">It still runs; what it wrote is in the message.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        try
        {
            await _exited.WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Process {Id} has not exited in {timeout}. {Written}");
        }

        return _process.ExitCode;
    }

    /// <summary>Waits until something accepts connections on a port of 127.0.0.1.</summary>
    /// <exception cref="InvalidOperationException">The process ended first; what it wrote is in the message.</exception>
    /// <exception cref="TimeoutException">Nothing does; what the process wrote, and what its threads wait for, is in the message.</exception>
    public async Task WaitUntilListeningAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            while (!await AcceptsAsync(port, cancellationToken))
            {
                if (HasExited)
                {
                    await WaitForExitAsync(TimeSpan.FromSeconds(5));
                    throw new InvalidOperationException($"Process {Id} exited with {_process.ExitCode} before it listened. {Written}");
                }

                await Task.Delay(5, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Process {Id} does not listen on port {port}. {Written}\n{Threads()}");
        }
    }

    static async Task<bool> AcceptsAsync(int port, CancellationToken cancellationToken)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync("127.0.0.1", port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>What each thread is called, does and waits for in the kernel, as far as it can be read.</summary>
    string Threads()
    {
        var threads = $"/proc/{Id}/task";
        return Directory.Exists(threads)
            ? string.Join('\n', Directory.EnumerateDirectories(threads).Select(thread => $"{Path.GetFileName(thread)}: {string.Join(", ", ((string[])["comm", "wchan", "syscall"]).Select(name => Read($"{thread}/{name}")))}"))
            : "It has no threads.";

        static string Read(string path)
        {
            try
            {
                return File.ReadAllText(path).Trim();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return "?";
            }
        }
    }

    /// <summary>SIGKILL; nothing if it has ended already.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // Ended between the look and the kill.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _exited.WaitAsync(TimeSpan.FromSeconds(10)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Alive.TryRemove(Id, out _);
        _process.Dispose();
    }

    string Written => $"It wrote:\n{Output}\n{Error}";
}
