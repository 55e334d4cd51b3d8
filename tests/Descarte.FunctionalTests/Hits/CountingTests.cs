using Descarte.Conformance.Client;
using Descarte.Conformance.Load;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Hits;

/// <summary><c>GET /</c> counts, each hit gets its own number, and nothing else counts.</summary>
public sealed class CountingTests
{
    [Fact(Timeout = 60_000)]
    public async Task With_nothing_set_it_counts_in_a_file_in_the_working_directory()
    {
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Environment = new Dictionary<string, string?> { ["HITS_DB"] = null } });
        Assert.Equal(1, await hits.FirstNumberAsync());
        Assert.True(File.Exists(Path.Combine(hits.WorkingDirectory, "hits.db")));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("password=swordfish")]
    [InlineData("user=default,password=swordfish,defaultDatabase=3")]
    public async Task A_redis_with_a_password_counts_too(string options)
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync("CONFIG SET requirepass swordfish");
        await using var hits = await HitsProcess.StartAsync(new HitsStart
        {
            Environment = new Dictionary<string, string?> { ["ConnectionStrings__Redis"] = $"127.0.0.1:{redis.Port},{options}" },
        });
        Assert.Equal(1, await hits.FirstNumberAsync());
        Assert.Equal(2, await hits.FirstNumberAsync());
        Assert.DoesNotContain("swordfish", hits.Process.Output.ToString());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Stores))]
    public async Task A_hit_is_answered_with_its_number_and_nothing_else_counts(bool onRedis, Flavor flavor)
    {
        await using var redis = onRedis ? await RedisServer.StartAsync() : null;
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Flavor = flavor, Redis = redis });
        await hits.UntilReadyAsync();
        Assert.Equal(1, await hits.FirstNumberAsync());
        Assert.Equal((200, "Hello World! 2 times.", "text/html; charset=utf-8"), Shown(await hits.AskAsync("/")));
        Assert.Equal((200, "", "text/html; charset=utf-8"), Shown(await hits.AskAsync("/", "HEAD")));
        foreach (var method in (string[])["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
        {
            var answer = await hits.AskAsync("/", method);
            Assert.Equal((method, 405, "GET, HEAD"), (method, answer.Status, answer.Allow));
        }

        foreach (var path in (string[])["//", "/index.html", "/favicon.ico", "/hits", "/%2F", "/readyz/x"])
        {
            Assert.Equal((path, 404), (path, (await hits.AskAsync(path)).Status));
        }

        foreach (var path in (string[])["/livez", "/readyz", "/live"])
        {
            var answer = await hits.AskAsync(path);
            Assert.True(answer.Status == 200, $"{path}: {answer.Status}. Hits wrote:\n{hits.Process.Output}");
        }

        Assert.Equal("Hello World! 3 times.", (await hits.AskAsync("/?x=1")).Body);
        Assert.Equal("Hello World! 4 times.", (await hits.AskAsync("/")).Body);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Stores))]
    public async Task Clients_at_once_get_every_number_once(bool onRedis, Flavor flavor)
    {
        await using var redis = onRedis ? await RedisServer.StartAsync() : null;
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Flavor = flavor, Redis = redis });
        var first = await hits.FirstNumberAsync();
        await using var load = LoadGenerator.Start(new LoadOptions { Target = Target.Loopback(hits.Port), MaxRequests = 3000 });
        await load.Completion;
        var seen = await load.StopAsync();
        var unavailable = seen.Count(Outcome.Unavailable);
        var counted = await hits.FirstNumberAsync() - first - 1;
        Assert.Empty(seen.Lost);
        Assert.InRange(unavailable, 0, 100);
        Assert.Equal(3000, seen.Count(Outcome.Answered) + unavailable);
        Assert.Equal(seen.Count(Outcome.Answered), seen.Numbers.Distinct().Count());

        // A number is missing only where a client was told that the outcome is unknown, as on a machine that is busy.
        Assert.InRange(counted, 3000 - unavailable, 3000);
        Assert.All(seen.Numbers, number => Assert.InRange(number, first + 1, first + counted));
    }

    [Theory(Timeout = 90_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Several_processes_on_one_store_count_as_one(bool onRedis)
    {
        using var folder = new TempFolder();
        await using var redis = onRedis ? await RedisServer.StartAsync() : null;
        var start = new HitsStart { Redis = redis, Database = folder["hits.db"] };
        await using var first = await HitsProcess.StartAsync(start);
        await using var second = await HitsProcess.StartAsync(start with { Port = FreePort.Next() });
        await using var third = await HitsProcess.StartAsync(start with { Port = FreePort.Next() });
        HitsProcess[] all = [first, second, third];
        var before = 0L;
        foreach (var hits in all)
        {
            before = await hits.FirstNumberAsync();
        }

        var loads = all.Select(hits => LoadGenerator.Start(new LoadOptions { Target = Target.Loopback(hits.Port), Clients = 8, MaxRequests = 400 })).ToList();
        var seen = new List<LoadResult>();
        foreach (var load in loads)
        {
            await load.Completion;
            seen.Add(await load.StopAsync());
            await load.DisposeAsync();
        }

        var numbers = seen.SelectMany(result => result.Numbers).ToList();
        var counted = await first.FirstNumberAsync() - before - 1;
        Assert.All(seen, result => Assert.Empty(result.Lost));
        Assert.Equal(numbers.Count, numbers.Distinct().Count());
        Assert.All(numbers, number => Assert.InRange(number, before + 1, before + counted));

        // A number is missing only where a client was told that the outcome is unknown.
        Assert.InRange(counted, numbers.Count, numbers.Count + seen.Sum(result => result.Count(Outcome.Unavailable)));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_goes_before_its_answer_harms_nobody(bool onRedis)
    {
        await using var redis = onRedis ? await RedisServer.StartAsync() : null;
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Redis = redis });
        var first = await hits.FirstNumberAsync();
        for (var client = 0; client < 50; client++)
        {
            var (connection, _) = await Http1Connection.OpenAsync(Target.Loopback(hits.Port), TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            await connection!.WriteAsync(Request.Get().ToBytes(Target.Loopback(hits.Port)), TestContext.Current.CancellationToken);
            await connection.DisposeAsync();
        }

        Assert.InRange(await hits.HitAsync(), first + 1, first + 51);
        hits.Process.Send(Signal.Terminate);
        Assert.Equal(0, await hits.Process.WaitForExitAsync(TimeSpan.FromSeconds(20)));

        // The store may be late on a busy machine, and says so; it hears nothing of clients that go.
        Assert.All(hits.Process.Output.Lines.Where(line => line.StartsWith("fail:", StringComparison.Ordinal)), line => Assert.Contains("no answer in time", line, StringComparison.Ordinal));
        Assert.Empty(hits.Process.Error.Lines);
    }

    public static TheoryData<bool, Flavor> Stores => new() { { false, Flavor.Ordinary }, { true, Flavor.Ordinary }, { false, Flavor.Aot }, { true, Flavor.Aot } };

    static (int, string, string?) Shown(Answer answer) => (answer.Status, answer.Body, answer.ContentType);
}
