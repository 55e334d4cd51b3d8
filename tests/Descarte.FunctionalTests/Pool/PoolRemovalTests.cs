using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Pool;

/// <summary>Each kind of defect has its limit, and a worker beyond it is replaced. That one by one limits are kept to the moment is tested with fake time.</summary>
public sealed class PoolRemovalTests
{
    const string Python = "/usr/bin/python3";

    [Fact(Timeout = 60_000)]
    public async Task A_worker_beyond_its_age_is_replaced()
    {
        await using var pool = PoolProcess.Launch(new PoolStart { Command = ["sleep", "60"], Options = ["-n", "1", "--max-age", "4s"], Port = null });
        await ReplacedAsync(pool, "older than 4 s");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_beyond_its_memory_is_replaced()
    {
        Need.Program(Python);
        await using var pool = PoolProcess.Launch(new PoolStart
        {
            Command = [Python, "-c", "import time; time.sleep(4); held = bytearray(64 << 20); time.sleep(60)"], Options = ["-n", "1", "--max-memory", "32M"], Port = null,
        });
        await ReplacedAsync(pool, "more than 32 MiB");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_speaks_but_never_says_that_it_is_ready_is_replaced()
    {
        Need.Program(Python);
        const string Warming = """
            import os, socket, time
            address = os.environ["NOTIFY_SOCKET"]
            manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            manager.sendto(b"STATUS=warming up", "\0" + address[1:] if address[0] == "@" else address)
            time.sleep(60)
            """;
        await using var pool = PoolProcess.Launch(new PoolStart { Command = [Python, "-c", Warming], Options = ["-n", "1", "--boot-timeout", "5s"], Port = null });
        var warming = Assert.Single(await pool.UntilAsync(workers => workers.Count == 1 && workers[0].Status == "warming up"));
        await pool.SaysAsync("not ready in 5 s");
        await pool.UntilAsync(workers => workers.Count == 1 && workers[0].Pid != warming.Pid);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_dead_locked_worker_is_replaced_while_the_other_serves()
    {
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfTestServer(["dead-locked"], "-n", "2", "--watchdog", "5s"));
        var before = (await pool.WorkersAsync()).Select(worker => worker.Pid).ToHashSet();
        Assert.Equal(200, (await Raw.GetAsync(pool.Target, "/deadlock")).Status);
        var served = 0;
        var replaced = pool.SaysAsync("missed its watchdog");
        while (!replaced.IsCompleted)
        {
            // One that the locked worker took waits in vain.
            served += await AnswersAsync(pool) ? 1 : 0;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        await replaced;
        Assert.True(served > 0, "Nobody served meanwhile");
        await pool.UntilAsync(workers => workers.Count == 2 && workers.All(worker => worker.State == "ready") && workers.Count(worker => before.Contains(worker.Pid)) == 1);
        Assert.Equal(200, (await Raw.GetAsync(pool.Target, "/")).Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task One_that_is_starved_from_the_moment_in_which_it_was_ready_is_found_too()
    {
        await using var pool = PoolProcess.Launch(PoolStart.OfTestServer(["dead-locked", "--at", "start"], "-n", "1", "--watchdog", "2s"));
        await pool.SaysAsync("missed its watchdog");
    }

    static async Task<bool> AnswersAsync(PoolProcess pool)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        using var client = new HttpClient();
        try
        {
            await client.GetStringAsync($"http://127.0.0.1:{pool.Port}/", limit.Token);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    static async Task ReplacedAsync(PoolProcess pool, string reason)
    {
        var old = (await pool.UntilAsync(workers => workers.Count == 1 && workers[0].State == "ready"))[0];
        await pool.SaysAsync(reason);
        await pool.UntilAsync(workers => workers.Any(worker => worker is { State: "ready", Restarts: > 0 } && worker.Pid != old.Pid));
    }
}
