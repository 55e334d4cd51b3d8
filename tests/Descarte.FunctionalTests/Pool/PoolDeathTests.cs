using System.Diagnostics;
using System.Globalization;
using Descarte.Conformance.Client;
using Descarte.Conformance.Load;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;
using Descarte.Harness.Stops;

namespace Descarte.FunctionalTests.Pool;

/// <summary>Whatever happens to the supervisor or is done to it, nothing outlives the pool and the count stays right.</summary>
[Collection(LoadCollection.Name)]
public class PoolDeathTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact(Timeout = 180_000)]
    public async Task When_the_supervisor_is_killed_its_workers_drain_and_leave_and_the_next_start_is_clean()
    {
        var start = PoolStart.OfHits(Flavor.Ordinary, "-n", "2", "--name", "mortal");
        await using var pool = await PoolProcess.StartAsync(start);
        var workers = (await pool.WorkersAsync()).Select(worker => worker.Pid).ToArray();
        await using var stream = await Raw.OpenAsync(pool.Target);
        await using var load = LoadGenerator.Start(LoadKind.KeepAlive.Against(pool.Port, seed: 1));
        await load.AnsweredAsync(64, TestContext.Current.CancellationToken);

        Signals.Send(pool.Process.Id, Signal.Kill);
        await UntilGoneAsync(workers);

        // What had begun was finished. Who queued in the kernel was reset: nobody is left to serve the queue.
        var result = await load.StopAsync();
        Assert.True(result.Count(Outcome.Truncated) == 0, result.ToString());

        // The same name, the same port, the same folder.
        Assert.True(File.Exists(Path.Combine(pool.RuntimeFolder, "descarte", "mortal", "control")));
        await using var next = PoolProcess.Launch(start with { Port = pool.Port }, pool.Folder);
        await next.UntilAsync(ready => ready.Count == 2 && ready.All(worker => worker.State == "ready"));
        next.Process.Send(Signal.Terminate);
        Assert.Equal(0, await next.Process.WaitForExitAsync(Limit));
    }

    [Fact(Timeout = 300_000)]
    public async Task Two_hundred_signals_in_any_order_leave_the_pool_in_its_wanted_state_and_the_count_exact()
    {
        var random = new Random(1);
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfHits(Flavor.Ordinary, "-n", "2", "--watchdog", "2", "-t", "5"));
        await using var load = LoadGenerator.Start(LoadKind.New.Against(pool.Port, seed: 1) with { Clients = 8, OnAfterRefused = true, MeanPause = TimeSpan.FromMilliseconds(5) });
        await load.AnsweredAsync(8, TestContext.Current.CancellationToken);
        IReadOnlyList<PoolWorker> workers = await pool.WorkersAsync();
        for (var signal = 0; signal < 200; signal++)
        {
            if (signal % 10 == 0)
            {
                workers = await pool.WorkersAsync();
            }

            SendAny(pool, workers, random);
            await Task.Delay(random.Next(20), TestContext.Current.CancellationToken);
        }

        // Whatever number of workers that has come to, they all serve in the end; then as many as a person wants.
        Assert.Equal((0, "", ""), await pool.AskAsync("scale", "2"));
        await pool.UntilAsync(all => all.Count == 2 && all.All(worker => worker.State == "ready"));
        var seen = await load.StopAsync();
        pool.Process.Send(Signal.Terminate);
        Assert.Equal(0, await pool.Process.WaitForExitAsync(Limit));
        await JudgeAsync(pool.Folder, [.. seen.Numbers], seen.Attempted);
    }

    [Fact(Timeout = 600_000)]
    public async Task Signals_that_stop_the_pool_or_suspend_it_among_them_it_exits_with_nothing_left_and_starts_again()
    {
        var random = new Random(3);
        var start = PoolStart.OfHits(Flavor.Ordinary, "-n", "2", "--watchdog", "2", "-t", "2");
        using var folder = new TempFolder();
        var numbers = new List<long>();
        var attempted = 0L;
        for (var sent = 0; sent < 200;)
        {
            // Only its process: the folder is for the next one, too.
            var pool = PoolProcess.Launch(start, folder);
            await using var process = pool.Process;
            await pool.UntilAsync(ready => ready.Count == 2 && ready.All(worker => worker.State == "ready"));
            await using var load = LoadGenerator.Start(LoadKind.New.Against(pool.Port, seed: sent) with { Clients = 8, OnAfterRefused = true, MeanPause = TimeSpan.FromMilliseconds(5) });
            await load.AnsweredAsync(8, TestContext.Current.CancellationToken);
            IReadOnlyList<PoolWorker> workers = [];
            var life = random.Next(5, 40);
            for (var signal = 0; signal < life; signal++, sent++)
            {
                if (signal % 10 == 0)
                {
                    workers = await pool.WorkersAsync();
                }

                if (random.Next(10) == 0)
                {
                    pool.Process.Send(Signal.Stop);
                    await Task.Delay(random.Next(300), TestContext.Current.CancellationToken);
                    pool.Process.Send(Signal.Continue);
                }

                SendAny(pool, workers, random);
                await Task.Delay(random.Next(20), TestContext.Current.CancellationToken);
            }

            // One, or a second one that kills at once.
            var ends = random.GetItems([Signal.Terminate, Signal.Interrupt, Signal.Quit], random.Next(1, 3));
            foreach (var signal in ends)
            {
                Try(pool.Process.Id, signal);
                sent++;
                await Task.Delay(random.Next(100), TestContext.Current.CancellationToken);
            }

            Assert.True(await pool.Process.WaitForExitAsync(Limit) is 0 or 137, pool.Process.Error.ToString());
            var seen = await load.StopAsync();
            numbers.AddRange(seen.Numbers);
            attempted += seen.Attempted;
            Assert.Empty(ProcessesIn(folder));
            Assert.Empty(Directory.EnumerateFiles(pool.RuntimeFolder, "*", SearchOption.AllDirectories));
        }

        await JudgeAsync(folder, numbers, attempted);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_child_that_left_its_workers_group_does_not_outlive_the_pool()
    {
        Need.Program("setsid");
        await using var pool = await PoolProcess.StartAsync(new PoolStart
        {
            Command = ["/bin/sh", "-c", "setsid sleep 1000 & echo child $!; sleep 1000 & wait"],
            Options = ["-n", "1", "-t", "3"],
            Port = null,
        });
        var line = await pool.Process.Output.WaitForLineAsync("child ", new CancellationTokenSource(Limit).Token);
        var child = int.Parse(line["child ".Length..], CultureInfo.InvariantCulture);
        pool.Process.Send(Signal.Terminate);
        await pool.Process.WaitForExitAsync(Limit);
        await UntilGoneAsync([child]);
    }

    /// <summary>Whatever a person or a supervisor above may send: to the pool what does not end it, to its workers anything.</summary>
    static void SendAny(PoolProcess pool, IReadOnlyList<PoolWorker> workers, Random random)
    {
        if (random.Next(2) == 0)
        {
            pool.Process.Send(random.GetItems([Signal.Hangup, Signal.TerminalInput, Signal.TerminalOutput], 1)[0]);
        }
        else if (workers.Count > 0)
        {
            Try(workers[random.Next(workers.Count)].Pid, random.GetItems([Signal.Terminate, Signal.Kill, Signal.Stop, Signal.Continue, Signal.Interrupt, Signal.Quit], 1)[0]);
        }
    }

    static async Task JudgeAsync(TempFolder folder, List<long> numbers, long attempted)
    {
        Assert.Equal(numbers.Count, numbers.Distinct().Count());
        await using var after = await HitsProcess.StartAsync(new HitsStart { Database = folder["hits.db"] });
        var counter = await after.HitAsync() - 1;
        Assert.InRange(counter, Math.Max(numbers.Count, numbers.Max()), attempted);
    }

    /// <summary>Workers run where their pool does.</summary>
    static int[] ProcessesIn(TempFolder folder) =>
    [
        .. Directory.GetDirectories("/proc").Where(path => RunsIn(path, folder.FullName)).Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)),
    ];

    static bool RunsIn(string path, string folder)
    {
        try
        {
            return char.IsAsciiDigit(Path.GetFileName(path)[0]) && Directory.ResolveLinkTarget($"{path}/cwd", returnFinalTarget: false)?.FullName == folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or somebody else's.
            return false;
        }
    }

    static void Try(int process, Signal signal)
    {
        try
        {
            Signals.Send(process, signal);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // It has gone already.
        }
    }

    static async Task UntilGoneAsync(IReadOnlyCollection<int> processes)
    {
        var since = Stopwatch.GetTimestamp();
        while (processes.Any(Processes.IsAlive))
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Limit, $"Left: {string.Join(", ", processes.Where(Processes.IsAlive))}");
            await Task.Delay(10);
        }
    }
}
