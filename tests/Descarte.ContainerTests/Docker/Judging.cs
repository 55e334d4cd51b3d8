using Descarte.Conformance.Client;
using Descarte.Conformance.Load;

namespace Descarte.ContainerTests.Docker;

/// <summary>What every client saw, against what is promised.</summary>
static class Judging
{
    /// <summary>No request was lost and none answered with an error.</summary>
    public static void NothingNoticed(LoadResult seen)
    {
        Assert.True(seen.Exchanges.Count > 0);
        Assert.True(Noticed(seen).Count == 0, $"{seen}\n{string.Join('\n', Noticed(seen).Take(20).Select(Line))}");
    }

    /// <summary>What a client noticed: a loss, an error of the server, a connection that was not made.</summary>
    public static IReadOnlyList<Exchange> Noticed(LoadResult seen) =>
        [.. seen.Exchanges.Where(exchange => exchange is not { Outcome: Outcome.Answered, Status: 200 } && !GaveUp(exchange))];

    /// <summary>Acknowledged ≤ counter ≤ attempted, and no number answered twice.</summary>
    /// <param name="seen">What the clients saw.</param>
    /// <param name="counter">The counter afterwards.</param>
    /// <param name="beside">How many hits came from others.</param>
    public static void CountIsExact(LoadResult seen, long counter, long beside)
    {
        var numbers = seen.Numbers.ToList();
        Assert.Equal(numbers.Count, numbers.Distinct().Count());
        Assert.InRange(counter, Math.Max(numbers.Count + beside, numbers.Max()), seen.Attempted + beside);
    }

    public static string Line(Exchange exchange) =>
        $"client {exchange.Client}, request {exchange.Sequence}: {exchange.Outcome} {exchange.Status} {(exchange.Reused ? "on a kept connection" : "on a new connection")}";

    // The load was stopped while it was connecting.
    static bool GaveUp(Exchange exchange) => exchange is { Outcome: Outcome.ConnectTimedOut, WrittenAt: 0 };
}
