using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Pool;

/// <summary>A pool over its life: another number of workers, another program, and everything that its workers say.</summary>
public sealed class PoolOperationTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task TTIN_adds_a_worker_and_TTOU_takes_one_away()
    {
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfTestServer(["tell"], "-n", "1") with { Port = null });
        pool.Process.Send(Signal.TerminalInput);
        await pool.UntilAsync(workers => workers.Count == 2);
        pool.Process.Send(Signal.TerminalOutput);
        await pool.UntilAsync(workers => workers.Count == 1);

        // The last one stays.
        pool.Process.Send(Signal.TerminalOutput);
        Assert.Equal((0, "", ""), await pool.AskAsync("restart"));
        await pool.UntilAsync(workers => workers.Count == 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Auto_is_as_many_workers_as_there_are_processors()
    {
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfTestServer(["tell"], "-n", "auto") with { Port = null });
        Assert.Equal(Environment.ProcessorCount, (await pool.WorkersAsync()).Count);
    }

    [UnsupportedOSPlatform("windows")]
    [Fact(Timeout = 60_000)]
    public async Task A_restart_starts_the_program_that_is_on_disk_now_and_keeps_the_old_one_if_that_cannot_start()
    {
        using var folder = new TempFolder();
        var program = folder["program"];
        Write(program, "echo version 1; exec sleep 60");
        await using var pool = await PoolProcess.StartAsync(new PoolStart { Command = [program], Options = ["-n", "1", "--ready-after", "3s"], Port = null });
        var output = pool.Process.Output;
        await output.WaitForLineAsync("version 1", Cancellation);

        Write(program, "echo version 2; exec sleep 60");
        Assert.Equal((0, "", ""), await pool.AskAsync("restart"));
        await output.WaitForLineAsync("version 2", Cancellation);
        var second = Assert.Single(await pool.UntilAsync(workers => workers.Count == 1));

        Write(program, "echo version 3 >&2; exit 1");
        var (exitCode, _, error) = await pool.AskAsync("restart");
        Assert.Equal(1, exitCode);
        Assert.Contains("exit code 1", error, StringComparison.Ordinal);
        Assert.Equal(second.Pid, Assert.Single(await pool.WorkersAsync(), worker => worker.State == "ready").Pid);
    }

    [Fact(Timeout = 120_000)]
    public async Task Every_line_of_every_worker_arrives_whole_and_in_order_up_to_its_last_words()
    {
        const int Workers = 3;
        const int Lines = 1_500;
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfTestServer(["chatter", $"{Lines}"], "-n", $"{Workers}") with { Port = null });
        var output = pool.Process.Output;
        var last = $" {Lines - 1} ";
        await pool.UntilAsync(_ => output.Lines.Count(line => line.Contains(last, StringComparison.Ordinal)) == Workers);
        pool.Process.Send(Signal.Terminate);
        Assert.Equal(0, await pool.Process.WaitForExitAsync(Limit));

        var byWorker = output.Lines.ToLookup(line => line.Split(' ')[0]);
        Assert.Equal(Workers, byWorker.Count);
        Assert.All(byWorker, worker =>
        {
            Assert.Equal($"{worker.Key} ends", worker.Last());
            Assert.Equal(Enumerable.Range(0, 2 * Lines).Select(line => $"{worker.Key} {line} {new string('x', line * 7919 % 6_000)}|"), worker.SkipLast(1));
        });
    }

    [Fact(Timeout = 60_000)]
    public async Task The_log_is_followed_until_the_pool_ends_and_the_table_is_drawn_again_each_second()
    {
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfTestServer(["chatter", "3"], "-n", "1") with { Port = null });
        await using var log = pool.Ask("logs", "-f");
        await using var table = pool.Ask("ps", "--watch");
        await log.Output.WaitForLineAsync(" 2 ", Cancellation);
        await pool.UntilAsync(_ => Regex.Count(table.Output.ToString(), "HEARTBEAT") >= 2);
        table.Send(Signal.Interrupt);
        await table.WaitForExitAsync(Limit);

        pool.Process.Send(Signal.Terminate);
        Assert.Equal(0, await log.WaitForExitAsync(Limit));
        Assert.Single(log.Output.Lines, line => Regex.IsMatch(line, @"^worker 1 \| \d+ ends$"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("the system")]
    [InlineData("the terminal, before it closes,")]
    public async Task A_pool_whose_terminal_is_closed_stops_and_leaves_nothing(string whoSaysSo)
    {
        Need.Program("script");
        using var folder = new TempFolder();
        string[] pool = [.. Build.Command("src/Descarte.Cli", Flavor.Ordinary), "run", "-n", "1", "--name", "closed", "--", .. Build.Command("tests/TestServer", Flavor.Ordinary), "tell"];
        await using var terminal = ChildProcess.Start(["script", "--quiet", "--flush", "--command", "exec " + string.Join(' ', pool), "typescript"], folder.FullName, [new("XDG_RUNTIME_DIR", folder.FullName)]);
        var worker = Number((await terminal.Output.WaitForLineAsync("pid=", Cancellation)).Split("pid=")[1]);
        var supervisor = Number(await File.ReadAllTextAsync(folder["descarte/closed/pid"], Cancellation));
        try
        {
            if (whoSaysSo != "the system")
            {
                Signals.Send(supervisor, Signal.Hangup);
            }

            terminal.Send(Signal.Kill);
            while (Processes.IsAlive(worker) || Processes.IsAlive(supervisor))
            {
                await Task.Delay(20, Cancellation);
            }

            Assert.False(Directory.Exists(folder["descarte/closed"]), "the pool's folder is left");
        }
        finally
        {
            foreach (var process in new[] { supervisor, worker }.Where(Processes.IsAlive))
            {
                Signals.Send(process, Signal.Kill);
            }
        }

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    [UnsupportedOSPlatform("windows")]
    static void Write(string program, string script)
    {
        // Another file under the same name, as an upgrade does it: the one that runs cannot be written to.
        var next = program + ".next";
        File.WriteAllText(next, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(next, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Move(next, program, overwrite: true);
    }
}
