using System.Text;
using Descarte.Harness;
using Descarte.Harness.Stops;

namespace Descarte.FunctionalTests.Drain;

/// <summary>The promise: Hits is stopped under 64 closed-loop clients, and none of them loses a request.</summary>
[Collection(LoadCollection.Name)]
public sealed class HitsStopTests : IDisposable
{
    const int Stops = 50;
    const int Limit = 300_000;

    /// <summary>Of the 50 stops of a row whose connections are idle at times: HTTP/1.1 has a window there (docs/drain.md), so narrow that two are no accident.</summary>
    const int CrossedAtMost = 1;

    static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary><c>HttpDrainOptions.IdleLinger</c> as it comes.</summary>
    static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(100);

    readonly TestCertificate _certificate = new();

    public static TheoryData<string, bool> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, bool>();
            foreach (var kind in LoadKind.All)
            {
                kinds.Add(kind.Name, false);
                kinds.Add(kind.Name, true);
            }

            return kinds;
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Kinds))]
    public Task Fifty_stops_of_the_native_program_lose_no_request(string kind, bool redis)
    {
        Need.Aot("src/Hits");
        return StopAsync(kind, redis, Flavor.Aot, Stops);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Kinds))]
    public Task Stops_of_the_ordinary_build_lose_no_request(string kind, bool redis) =>
        StopAsync(kind, redis, Flavor.Ordinary, File.Exists(Build.AotPath("src/Hits")) ? 3 : Stops);

    async Task StopAsync(string name, bool redis, Flavor flavor, int stops)
    {
        var kind = LoadKind.All.Single(kind => kind.Name == name);
        await using var count = await HitsCount.StartAsync(redis, flavor);
        var wrong = new StringBuilder();
        var crossed = 0;
        for (var seed = 1; seed <= stops; seed++)
        {
            var (stop, written) = await count.StopAsync(kind, _certificate, seed, Grace);
            if (stops == Stops && kind.IsIdleAtTimes && crossed < CrossedAtMost && stop.IsCleanButForOneCrossing(Linger))
            {
                crossed++;
            }
            else if (!stop.IsClean)
            {
                wrong.Append($"stop {seed}: {stop}\n{written}\n");
            }
        }

        wrong.Append(await count.JudgeAsync());
        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    public void Dispose() => _certificate.Dispose();
}
