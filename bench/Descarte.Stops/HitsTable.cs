using System.Runtime.InteropServices;
using Descarte.Harness;
using Descarte.Harness.Stops;

namespace Descarte.Stops;

/// <summary>Hits, stopped under every kind of load on every store: one row each, printed when it is done.</summary>
static class HitsTable
{
    /// <summary>The native build when there is one.</summary>
    public static Flavor Flavor { get; } = File.Exists(Build.AotPath("src/Hits")) ? Flavor.Aot : Flavor.Ordinary;

    public static string FlavorName => Flavor == Flavor.Aot ? "native build" : "ordinary build";

    public static string Machine => $"{Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, .NET {Environment.Version}";

    // Hits ends by itself before its grace period of 10 s does.
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <returns>The exit code: 1 when a client noticed a stop or a count was wrong.</returns>
    public static async Task<int> PrintAsync(
        IReadOnlyList<LoadKind> kinds, IReadOnlyList<string> stores, int stops, CancellationToken cancellation)
    {
        Console.WriteLine($"""
            Hits, {FlavorName}; {Machine}.

            | load | store | stops | answered | lost | answered, then reset | 503 | refused | exit code not 0 | exit, median | exit, max | count |
            | --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --- |
            """);
        using var certificate = new TestCertificate();
        var isClean = true;
        foreach (var store in stores)
        {
            foreach (var kind in kinds)
            {
                isClean &= await PrintRowAsync(kind, store, stops, certificate, cancellation);
            }
        }

        return isClean ? 0 : 1;
    }

    static async Task<bool> PrintRowAsync(LoadKind kind, string store, int stops, TestCertificate certificate, CancellationToken cancellation)
    {
        await using var count = await HitsCount.StartAsync(store == "redis", Flavor);
        var tally = new Tally();
        var isClean = true;
        for (var seed = 1; seed <= stops; seed++)
        {
            var (stop, written) = await count.StopAsync(kind, certificate, seed, Longest);
            cancellation.ThrowIfCancellationRequested();
            tally.Add(stop, Longest);
            if (!stop.IsClean)
            {
                isClean = false;
                await Console.Error.WriteLineAsync($"{kind}, {store}, stop {seed}: {stop}\n{written}");
            }
        }

        var wrong = await count.JudgeAsync();
        Console.WriteLine(
            $"| {kind} | {store} | {tally.Stops} | {tally.Answered} | {tally.Lost} | {tally.AnsweredThenReset} | {tally.Unavailable} | {tally.Refused} "
            + $"| {tally.ExitCodeNotZero} | {tally.MedianMilliseconds:0} ms | {tally.MaxMilliseconds:0} ms | {(wrong.Length == 0 ? "exact" : wrong)} |");
        return isClean && wrong.Length == 0;
    }
}
