using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.RegularExpressions;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Pool;

/// <summary>What a person does with a pool and is told by it.</summary>
public class PoolVerbTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact(Timeout = 120_000)]
    public async Task It_serves_shows_scales_restarts_and_stops()
    {
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfHits(Flavor.Ordinary, "-n", "2", "--name", "hits"));
        using var client = new HttpClient();
        Assert.Equal("Hello World! 1 times.", await client.GetStringAsync($"http://127.0.0.1:{pool.Port}/", TestContext.Current.CancellationToken));

        var (_, table, _) = await pool.AskAsync("ps");
        Assert.Contains("HEARTBEAT", table);
        Assert.Equal(2, Regex.Count(table, "ready"));

        Assert.Equal((0, "", ""), await pool.AskAsync("scale", "3", "hits"));
        var before = await pool.UntilAsync(workers => workers.Count == 3 && workers.All(worker => worker.State == "ready"));

        Assert.Equal((0, "", ""), await pool.AskAsync("restart"));
        var after = await pool.UntilAsync(workers => workers.Count == 3);
        Assert.Empty(before.Select(worker => worker.Pid).Intersect(after.Select(worker => worker.Pid)));
        Assert.All(after, worker => Assert.Equal(1, worker.Restarts));

        var (_, log, _) = await pool.AskAsync("logs");
        Assert.Contains("worker 1 | info: Hits[1] Counting in SQLite", log);

        Assert.Equal((0, "", ""), await pool.AskAsync("stop", "-t", "5", "hits"));
        Assert.Equal(0, await pool.Process.WaitForExitAsync(Limit));
        var stop = string.Join('\n', pool.Process.Error.Lines.SkipWhile(line => !line.Contains("stopping all workers")));
        Assert.Equal(3, Regex.Count(stop, @"worker \d \(pid \d+\): gone \d+ ms after it was told: exit code 0"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(pool.RuntimeFolder, "descarte")));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("no-such-program", 127, "descarte: no-such-program: command not found; give its path, or put its folder into PATH")]
    [InlineData("/etc/passwd", 126, "descarte: /etc/passwd: not executable; chmod +x it, or start it with its interpreter")]
    [InlineData("/etc", 126, "descarte: /etc: not executable; chmod +x it, or start it with its interpreter")]
    public async Task A_program_that_cannot_be_started_is_told_as_a_shell_does(string program, int exitCode, string line)
    {
        await using var pool = PoolProcess.Launch(new PoolStart { Command = [program], Port = null });
        Assert.Equal(exitCode, await pool.Process.WaitForExitAsync(Limit));
        Assert.Equal([line], pool.Process.Error.Lines);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("-n", "0", "-n: '0' is not a number of workers (1 to 1024, or auto)")]
    [InlineData("-n", "two", "-n: 'two' is not a number of workers (1 to 1024, or auto)")]
    [InlineData("-t", "soon", "--timeout: 'soon' is not a time (seconds, or 500ms, 10s, 5m, 2h)")]
    [InlineData("--watchdog", "0", "--watchdog: '00:00:00' is out of range (00:00:01 to 1.00:00:00)")]
    [InlineData("--max-memory", "much", "--max-memory: 'much' is not a size (bytes, or 300M, 2G)")]
    [InlineData("--listen", "nowhere", "'nowhere' is not an address to listen on (")]
    [InlineData("--name", "a/b", "'a/b' is not a name for a pool (1 to 64 letters, digits, dots, dashes and underscores)")]
    [InlineData("--frobnicate", "x", "descarte: Unrecognized command or argument '--frobnicate'; see descarte run --help")]
    public async Task A_mistake_in_the_options_is_one_line_and_exit_code_2(string option, string value, string says)
    {
        await using var pool = PoolProcess.Launch(new PoolStart { Command = ["/bin/true"], Options = [option, value], Port = null });
        Assert.Equal(2, await pool.Process.WaitForExitAsync(Limit));
        Assert.Contains(says, Assert.Single(pool.Process.Error.Lines));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_port_that_is_taken_is_told_with_its_owner()
    {
        using var owner = new TcpListener(IPAddress.Loopback, 0);
        owner.Start();
        var port = ((IPEndPoint)owner.LocalEndpoint).Port;
        await using var pool = PoolProcess.Launch(new PoolStart { Command = ["/bin/true"], Port = port });

        Assert.Equal(78, await pool.Process.WaitForExitAsync(Limit));
        var line = Assert.Single(pool.Process.Error.Lines);
        Assert.StartsWith($"http://127.0.0.1:{port}: the port is taken by pid {Environment.ProcessId} (", line);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pool_that_is_not_there_is_told()
    {
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfTestServer(["tell"], "--name", "there") with { Port = null });
        Assert.Equal((1, "", "descarte: No pool named 'elsewhere' is running; there is there"), await pool.AskAsync("stop", "elsewhere"));
        Assert.Equal((1, "", "descarte: there: 2000 is not a number of workers (1 to 1024)"), await pool.AskAsync("scale", "2000"));

        await using var second = PoolProcess.Launch(
            new PoolStart { Command = ["/bin/true"], Options = ["--name", "there"], Port = null, Environment = new Dictionary<string, string?> { ["XDG_RUNTIME_DIR"] = pool.RuntimeFolder } });
        Assert.Equal(2, await second.Process.WaitForExitAsync(Limit));
        Assert.Equal(["A pool named 'there' is running; stop it (descarte stop there) or choose another --name"], second.Process.Error.Lines);

        pool.Process.Send(Signal.Terminate);
        await pool.Process.WaitForExitAsync(Limit);
        Assert.Equal((1, "", "descarte: No pool is running; descarte run starts one"), await pool.AskAsync("stop"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Arguments_and_systemds_variables_reach_the_worker_as_they_are()
    {
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfTestServer(["tell", "a b", "$HOME", "'x'", "*"], "-n", "1", "--rm"));
        var output = pool.Process.Output;
        var limit = new CancellationTokenSource(Limit);
        var pid = (await output.WaitForLineAsync("pid=", limit.Token))["pid=".Length..];
        Assert.Contains("with <a b> <$HOME> <'x'> <*>", output.Lines[0]);
        Assert.Contains("LISTEN_FDS=1", output.Lines);
        Assert.Contains($"LISTEN_PID={pid}", output.Lines);
        Assert.Contains("LISTEN_FDNAMES=http", output.Lines);
        Assert.Contains("WATCHDOG_USEC=10000000", output.Lines);
        Assert.Contains($"NOTIFY_SOCKET={pool.RuntimeFolder}", output.ToString());

        var folder = Regex.Match(output.Lines[0], "in (.*) with").Groups[1].Value;
        await pool.UntilAsync(_ => File.Exists(Path.Combine(folder, "left-behind")));
        pool.Process.Send(Signal.Terminate);
        Assert.Equal(0, await pool.Process.WaitForExitAsync(Limit));
        Assert.False(Directory.Exists(folder));
    }

    [UnsupportedOSPlatform("windows")]
    [Fact(Timeout = 60_000)]
    public async Task The_control_socket_is_for_its_user_alone()
    {
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfTestServer(["tell"], "--name", "mine") with { Port = null });
        var folder = Path.Combine(pool.RuntimeFolder, "descarte", "mine");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "control")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pool_whose_workers_cannot_start_gives_up_with_3_and_their_last_lines()
    {
        await using var pool = PoolProcess.Launch(PoolStart.OfTestServer(["end", "1"]) with { Port = null });
        Assert.Equal(3, await pool.Process.WaitForExitAsync(Limit));
        var lines = pool.Process.Error.Lines;
        var gaveUp = lines.ToList().FindIndex(line => line.Contains("giving up, for no worker could start"));
        Assert.Contains("ended before it was ready: exit code 1", lines[gaveUp]);
        Assert.Contains("the reason of the end", lines[gaveUp + 1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_says_that_its_configuration_is_wrong_ends_the_pool_with_78()
    {
        await using var pool = PoolProcess.Launch(PoolStart.OfTestServer(["end", "78"]) with { Port = null });
        Assert.Equal(78, await pool.Process.WaitForExitAsync(Limit));
        Assert.Single(pool.Process.Output.Lines, "a line before the end");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_does_not_leave_is_killed_after_the_grace_period_and_the_exit_code_says_so()
    {
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfTestServer(["stay"], "-n", "1", "-t", "20") with { Port = null });
        await pool.Process.Output.WaitForLineAsync("staying", new CancellationTokenSource(Limit).Token);
        await pool.AskAsync("stop", "-t", "1");
        Assert.Equal(137, await pool.Process.WaitForExitAsync(TimeSpan.FromSeconds(15)));
        Assert.Contains("killed: not gone within its grace period", pool.Process.Error.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task While_a_stopping_pool_finishes_what_is_in_flight_new_clients_are_refused()
    {
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfTestServer(["well-behaved"], "-n", "2", "-t", "50"));
        using var client = new TcpClient("127.0.0.1", pool.Port);
        var stream = client.GetStream();
        await stream.WriteAsync("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        var count = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 100", Encoding.ASCII.GetString(buffer, 0, count), StringComparison.Ordinal);

        // The handler reads. It is cut when the worker's own grace period of 10 s is over.
        pool.Process.Send(Signal.Terminate);
        while (!await IsRefusedAsync(pool.Port))
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.False(pool.Process.HasExited, $"{pool.Process.Error}");
        await stream.WriteAsync("done"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.Contains("4 bytes", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, await pool.Process.WaitForExitAsync(Limit));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_second_signal_kills_at_once()
    {
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfTestServer(["stay"], "-n", "2", "-t", "60") with { Port = null });
        await pool.UntilAsync(_ => pool.Process.Output.Lines.Count(line => line == "staying") == 2);
        pool.Process.Send(Signal.Interrupt);
        await pool.SaysAsync("stopping all workers");
        pool.Process.Send(Signal.Terminate);
        Assert.Equal(137, await pool.Process.WaitForExitAsync(Limit));
    }

    static async Task<bool> IsRefusedAsync(int port)
    {
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, limit.Token);
            return false;
        }
        catch (OperationCanceledException)
        {
            // Let in by nobody, and refused by nobody either.
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }
}
