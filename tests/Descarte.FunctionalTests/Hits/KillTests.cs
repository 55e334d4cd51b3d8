using Descarte.Conformance.Client;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;
using Descarte.Harness.Stops;

namespace Descarte.FunctionalTests.Hits;

/// <summary>The promise: killed at a random moment under load and started again, Hits misses no hit that was acknowledged.</summary>
[Collection(LoadCollection.Name)]
public sealed class KillTests
{
    const int Kills = 100;
    const int FewKills = 5;
    const int Limit = 300_000;
    const int Killed = 137;

    static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_hundred_kills_of_the_native_program_miss_no_acknowledged_hit(bool onRedis)
    {
        Need.Aot("src/Hits");
        return KillAsync(onRedis, Flavor.Aot, Kills);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public Task Kills_of_the_ordinary_build_miss_no_acknowledged_hit(bool onRedis) => KillAsync(onRedis, Flavor.Ordinary, FewKills);

    static async Task KillAsync(bool onRedis, Flavor flavor, int kills)
    {
        await using var count = await HitsCount.StartAsync(onRedis, flavor);
        for (var seed = 1; seed <= kills; seed++)
        {
            await using var hits = await count.StartHitsAsync();

            // Every other life with connections that are made anew, so that the kill falls into accepts, too.
            var kind = seed % 2 == 0 ? LoadKind.New : LoadKind.KeepAlive;
            var kill = await StopUnderLoad.RunAsync(hits.Process, kind.Against(count.Port, seed), Signal.Kill, EndLimit);
            count.Add(kill);
            Assert.Equal(Killed, kill.ExitCode);
            Assert.True(kill.Load.Count(Outcome.Answered) > 0, $"Life {seed}: {kill.Load}\n{hits.Process.Output}\n{hits.Process.Error}");
        }

        Assert.Equal("", await count.JudgeAsync());
    }
}
