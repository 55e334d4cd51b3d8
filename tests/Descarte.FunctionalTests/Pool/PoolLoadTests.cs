using System.Diagnostics;
using System.Text;
using Descarte.Conformance.Client;
using Descarte.Conformance.Load;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;
using Descarte.Harness.Stops;

namespace Descarte.FunctionalTests.Pool;

/// <summary>Workers come and go under 64 closed-loop clients, of whom none loses a request and none is refused.</summary>
[Collection(LoadCollection.Name)]
public class PoolLoadTests
{
    const int Limit = 300_000;

    static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>Of a connect that waits in the kernel's queue, on a machine that is busy with the load.</summary>
    static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(5);

    static readonly Dictionary<string, string?> Http2InClear = new() { ["Kestrel__EndpointDefaults__Protocols"] = "Http2" };

    public static TheoryData<string> Kinds => [LoadKind.New.Name, LoadKind.KeepAlive.Name, LoadKind.Http2New.Name, LoadKind.Http2KeepAlive.Name];

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Kinds))]
    public async Task Rolling_restarts_lose_no_request_and_refuse_no_connection(string name)
    {
        await using var pool = await StartAsync(name, "-n", "2");
        await LoseNothingAsync(pool, name, async () =>
        {
            for (var restart = 0; restart < 20; restart++)
            {
                Assert.Equal((0, "", ""), await pool.AskAsync("restart"));
            }
        });
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Kinds))]
    public async Task Workers_that_are_told_to_stop_one_by_one_lose_no_request_and_refuse_no_connection(string name)
    {
        await using var pool = await StartAsync(name, "-n", "3");
        await LoseNothingAsync(pool, name, async () =>
        {
            var generations = new Generations(pool, 3);
            for (var told = 0; told < 50; told++)
            {
                Signals.Send(await generations.NextAsync(), Signal.Terminate);
            }

            await generations.CompleteAsync();
        });
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Kinds))]
    public async Task Scaling_up_and_down_loses_no_request_and_refuses_no_connection(string name)
    {
        await using var pool = await StartAsync(name, "-n", "1");
        await LoseNothingAsync(pool, name, async () =>
        {
            await pool.AskAsync("scale", "6");
            await pool.UntilAsync(AllReady(6));
            await pool.AskAsync("scale", "1");
            await pool.UntilAsync(workers => workers.Count == 1);
        });
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Kinds))]
    public async Task Stops_of_the_whole_pool_lose_no_request(string name)
    {
        var kind = Kind(name);
        var wrong = new StringBuilder();
        for (var seed = 1; seed <= 50; seed++)
        {
            await using var pool = await StartAsync(name, "-n", "2");
            var stop = await StopUnderLoad.RunAsync(pool.Process, kind.Against(pool.Port, seed), Signal.Terminate, Grace);
            if (!stop.IsClean)
            {
                wrong.Append($"stop {seed}: {stop}\n{pool.Process.Error}\n");
            }
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    [Fact(Timeout = Limit)]
    public async Task The_same_restarts_of_the_default_host_lose_some_so_these_tests_can_fail()
    {
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfTestServer(["stock-worker"], "-n", "2"));
        await using var load = LoadGenerator.Start(LoadKind.KeepAlive.Against(pool.Port, 1) with { OnAfterRefused = true });
        await load.AnsweredAsync(64, TestContext.Current.CancellationToken);
        for (var restart = 0; restart < 10; restart++)
        {
            await pool.AskAsync("restart");
        }

        var result = await load.StopAsync();
        Assert.True(result.Lost.Count > 0, result.ToString());
    }

    [Fact(Timeout = Limit)]
    public async Task A_killed_worker_takes_only_its_own_requests_with_it_and_is_replaced_at_once()
    {
        const int Kills = 100;
        await using var pool = await StartAsync(LoadKind.KeepAlive.Name, "-n", "4");
        await using var load = LoadGenerator.Start(LoadKind.KeepAlive.Against(pool.Port, 1) with { OnAfterRefused = true });
        await load.AnsweredAsync(64, TestContext.Current.CancellationToken);
        var kills = new List<long>();
        var connections = new List<int>();
        var generations = new Generations(pool, 4);
        for (var kill = 0; kill < Kills; kill++)
        {
            var victim = await generations.NextAsync();
            connections.Add(Directory.EnumerateFiles($"/proc/{victim}/fd").Count(link => new FileInfo(link).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true));
            kills.Add(Stopwatch.GetTimestamp());
            Signals.Send(victim, Signal.Kill);
        }

        await generations.CompleteAsync();
        var result = await load.StopAsync();
        Assert.Equal(0, result.Count(Outcome.Refused));
        Assert.All(result.Lost, lost => Assert.Contains(lost.Outcome, (Outcome[])[Outcome.Reset, Outcome.EndOfStream, Outcome.Truncated]));

        // A client has one request in flight, on one worker: a kill takes at most those that were connected to it.
        var perKill = result.Lost.GroupBy(lost => kills.FindLastIndex(at => at <= lost.EndedAt)).ToArray();
        Assert.All(perKill, lost => Assert.InRange(lost.Count(), 0, connections[lost.Key]));
        Assert.All(perKill, lost => Assert.Equal(lost.Count(), lost.Select(one => one.Client).Distinct().Count()));
    }

    [Fact(Timeout = Limit)]
    public async Task A_suspended_worker_is_replaced_within_its_watchdog_time_while_the_others_serve()
    {
        await using var pool = await StartAsync(LoadKind.New.Name, "-n", "2", "--watchdog", "2");
        var victim = (await pool.WorkersAsync())[0];
        Signals.Send(victim.Pid, Signal.Stop);
        var suspendedAt = Stopwatch.GetTimestamp();
        using var client = new HttpClient();
        await client.GetStringAsync($"http://127.0.0.1:{pool.Port}/", TestContext.Current.CancellationToken);
        await pool.SaysAsync($"worker {victim.Worker} (pid {victim.Pid}): killed: no sign of life");
        var time = Stopwatch.GetElapsedTime(suspendedAt);
        await pool.UntilAsync(workers => AllReady(2)(workers) && workers.All(worker => worker.Pid != victim.Pid));

        // The promise is a second; the rest is for a machine that is busy with other tests.
        Assert.InRange(time.TotalSeconds, 0, 2 + 1 + 5);
    }

    /// <summary>Nothing lost, nobody refused, and the count is right.</summary>
    static async Task LoseNothingAsync(PoolProcess pool, string name, Func<Task> disturb)
    {
        await using var load = LoadGenerator.Start(Kind(name).Against(pool.Port, seed: 1) with { OnAfterRefused = true });
        await load.AnsweredAsync(64, TestContext.Current.CancellationToken);
        await disturb();
        await load.AnsweredAsync(load.Answered + 64, TestContext.Current.CancellationToken);
        var result = await load.StopAsync();
        var unheard = result.Exchanges.Count(exchange => !exchange.Reused && Stopwatch.GetElapsedTime(exchange.StartedAt, exchange.ConnectedAt == 0 ? exchange.EndedAt : exchange.ConnectedAt) > LongestConnect);
        Assert.True(
            unheard == 0 && result.Lost.Count == 0 && result.Count(Outcome.Refused) == 0 && result.Count(Outcome.AnsweredThenReset) == 0 && result.Count(Outcome.Unavailable) == 0,
            $"{result}\n{pool.Process.Error}");
        var numbers = result.Numbers.ToArray();
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
    }

    static Func<IReadOnlyList<PoolWorker>, bool> AllReady(int count) =>
        workers => workers.Count(worker => worker.State == "ready") == count;

    static Task<PoolProcess> StartAsync(string name, params string[] options)
    {
        var flavor = Build.Fastest("src/Hits", "src/Descarte.Cli");
        return PoolProcess.StartAsync(PoolStart.OfHits(flavor, options) with { Environment = Kind(name).Http2 ? Http2InClear : [] });
    }

    static LoadKind Kind(string name) => LoadKind.All.Single(kind => kind.Name == name);

    /// <summary>Who is to go next, of a pool of so many workers.</summary>
    sealed class Generations(PoolProcess pool, int count)
    {
        /// <summary>One that has served for a second is replaced at once; a shorter life counts as a failure, and many of those in a row as a crash loop.</summary>
        static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(1_100);

        readonly Dictionary<int, long> _readySince = [];
        readonly HashSet<int> _past = [];

        /// <summary>The process that has been ready for longest, and for long enough, once all are there again.</summary>
        public async Task<int> NextAsync()
        {
            var eldest = (await CompleteAsync()).Where(worker => worker.State == "ready").MinBy(worker => _readySince[worker.Pid])!.Pid;
            var young = LongEnough - Stopwatch.GetElapsedTime(_readySince[eldest]);
            await Task.Delay(young > TimeSpan.Zero ? young : TimeSpan.Zero, TestContext.Current.CancellationToken);
            _past.Add(eldest);
            return eldest;
        }

        /// <summary>All are ready, and none is left of those who were to go.</summary>
        public Task<IReadOnlyList<PoolWorker>> CompleteAsync() => pool.UntilAsync(workers =>
        {
            foreach (var worker in workers.Where(worker => worker.State == "ready"))
            {
                _readySince.TryAdd(worker.Pid, Stopwatch.GetTimestamp());
            }

            return AllReady(count)(workers) && workers.All(worker => !_past.Contains(worker.Pid));
        });
    }
}
