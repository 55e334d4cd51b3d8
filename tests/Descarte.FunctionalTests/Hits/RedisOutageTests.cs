using System.Diagnostics;
using Descarte.Conformance.Client;
using Descarte.Conformance.Load;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Hits;

/// <summary>Redis goes and comes back, and Hits says so and stays.</summary>
public sealed class RedisOutageTests
{
    /// <summary>The promise is a second; the rest is for the client, on a machine that does much else.</summary>
    static readonly TimeSpan NoLonger = TimeSpan.FromSeconds(2);

    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory(Timeout = 120_000)]
    [InlineData(Flavor.Ordinary)]
    [InlineData(Flavor.Aot)]
    public async Task It_starts_before_redis_and_counts_when_redis_is_there(Flavor flavor)
    {
        Need.RedisServer();
        var port = FreePort.Next();
        await using var hits = await HitsProcess.StartAsync(new HitsStart
        {
            Flavor = flavor,
            Environment = new Dictionary<string, string?> { ["HOST_REDIS"] = "127.0.0.1", ["PORT_REDIS"] = $"{port}" },
        });
        await hits.Process.Output.WaitForLineAsync($"Counting in Redis at 127.0.0.1:{port}", TestContext.Current.CancellationToken);
        await AssertOutOfReachAsync(hits);
        await using var redis = await RedisServer.StartAsync(port);
        Assert.Equal(1, await hits.FirstNumberAsync());
        await AssertBackAsync(hits);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(Flavor.Ordinary)]
    [InlineData(Flavor.Aot)]
    public async Task Killed_under_load_and_started_again_it_goes_on_counting(Flavor flavor)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Flavor = flavor, Redis = redis });
        await hits.FirstNumberAsync();
        await using var load = await StartLoadAsync(hits);
        await redis.StopAsync(Signal.Kill);
        var asked = await AssertOutOfReachAsync(hits);
        await redis.RestartAsync();
        await AssertBackAsync(hits);
        await AssertRightAsync(await load.StopAsync(), asked + 1, redis);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(Flavor.Ordinary)]
    [InlineData(Flavor.Aot)]
    public async Task Stopped_in_the_middle_of_hits_their_outcome_is_unknown_and_no_number_is_guessed(Flavor flavor)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Flavor = flavor, Redis = redis });
        await hits.FirstNumberAsync();
        await using var load = await StartLoadAsync(hits);
        redis.Pause();
        var asked = await AssertOutOfReachAsync(hits);
        redis.Resume();
        await AssertBackAsync(hits);
        await AssertRightAsync(await load.StopAsync(), asked + 1, redis);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_redis_that_hangs_does_not_hold_up_a_stop()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Redis = redis });
        await hits.FirstNumberAsync();
        await using var load = await StartLoadAsync(hits);
        redis.Pause();
        await hits.Process.Output.WaitForLineAsync("cannot count", TestContext.Current.CancellationToken);
        hits.Process.Send(Signal.Terminate);

        // The grace period, in which it ends by itself.
        Assert.Equal(0, await hits.Process.WaitForExitAsync(TimeSpan.FromSeconds(10)));
        Assert.Empty((await load.StopAsync()).Lost);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", "OOM command not allowed")]
    [InlineData("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", "")]
    [InlineData("SET hits many", "SET hits 1", "the key 'hits' does not hold a whole number")]
    public async Task A_redis_that_answers_but_cannot_count_is_out_of_reach_too(string harm, string repair, string reason)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Redis = redis });
        Assert.Equal(1, await hits.FirstNumberAsync());
        Assert.Equal("+OK", await redis.CommandAsync(harm));
        await AssertOutOfReachAsync(hits);
        Assert.Contains(reason, await hits.Process.Output.WaitForLineAsync("cannot count", TestContext.Current.CancellationToken));
        Assert.Equal("+OK", await redis.CommandAsync(repair));
        Assert.Equal(2, await hits.FirstNumberAsync());
    }

    [Theory(Timeout = 120_000)]
    [InlineData("password=hunter2", "no connection")]
    [InlineData("defaultDatabase=77", "no")]
    public async Task What_redis_refuses_is_an_outage_and_its_line_repeats_no_secret(string option, string reason)
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync("CONFIG SET requirepass swordfish");
        await using var hits = await HitsProcess.StartAsync(new HitsStart
        {
            Environment = new Dictionary<string, string?> { ["ConnectionStrings__Redis"] = $"127.0.0.1:{redis.Port},{option}" },
        });
        await AssertOutOfReachAsync(hits);
        Assert.Contains(reason, await hits.Process.Output.WaitForLineAsync("cannot count", TestContext.Current.CancellationToken));
        Assert.DoesNotContain("hunter2", hits.Process.Output.ToString());
        Assert.DoesNotContain("   at ", hits.Process.Output.ToString());
    }

    static async Task<LoadGenerator> StartLoadAsync(HitsProcess hits)
    {
        var load = LoadGenerator.Start(new LoadOptions { Target = Target.Loopback(hits.Port), Clients = 16, MeanPause = TimeSpan.FromMilliseconds(5) });
        await load.AnsweredAsync(200, TestContext.Current.CancellationToken);
        return load;
    }

    /// <returns>How many hits it took.</returns>
    static async Task<int> AssertOutOfReachAsync(HitsProcess hits)
    {
        // The first may still be counted: the signal is on its way.
        var asked = 1;
        var answer = await hits.AskAsync("/");
        for (; answer.Status == 200 && asked < 1000; asked++)
        {
            answer = await hits.AskAsync("/");
        }

        Assert.Equal((503, "1"), (answer.Status, answer.RetryAfter));
        Assert.Equal("The counter is out of reach. Try again in a second.\n", answer.Body);
        var ready = await hits.AskAsync("/readyz");
        Assert.Equal((503, 200, 200), (ready.Status, (await hits.AskAsync("/livez")).Status, (await hits.AskAsync("/", "HEAD")).Status));
        Assert.All((Answer[])[answer, ready], answered => Assert.InRange(answered.Time, TimeSpan.Zero, NoLonger));
        return asked;
    }

    static async Task AssertBackAsync(HitsProcess hits)
    {
        await hits.UntilReadyAsync();
        using var limit = new CancellationTokenSource(Limit);
        await hits.Process.Output.WaitForLineAsync("counts again", limit.Token);
        Assert.Single(hits.Process.Output.Lines, line => line.Contains("cannot count", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", hits.Process.Output.ToString());
        Assert.Empty(hits.Process.Error.Lines);
    }

    static async Task AssertRightAsync(LoadResult seen, int askedBeside, RedisServer redis)
    {
        var counter = await redis.HitsAsync();
        var numbers = seen.Numbers.ToList();
        Assert.Empty(seen.Lost);
        Assert.True(seen.Count(Outcome.Unavailable) > 0, seen.ToString());
        Assert.All(
            seen.Exchanges.Where(exchange => exchange.WrittenAt != 0),
            exchange => Assert.InRange(Stopwatch.GetElapsedTime(exchange.WrittenAt, exchange.EndedAt), TimeSpan.Zero, NoLonger));
        Assert.Equal(numbers.Count, numbers.Distinct().Count());
        Assert.InRange(counter, numbers.Max(), seen.Attempted + askedBeside);
    }
}
