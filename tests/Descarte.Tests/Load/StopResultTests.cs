using System.Diagnostics;
using Descarte.Conformance.Client;
using Descarte.Conformance.Load;
using Descarte.Harness.Stops;

namespace Descarte.Tests.Load;

/// <summary>What the tests of stops let pass: one request that crossed the close of an idle connection, and nothing else.</summary>
public class StopResultTests
{
    const long SignalledAt = 1_000_000_000;

    static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(100);
    static readonly Exchange Answered = new() { Outcome = Outcome.Answered, Reused = true, WrittenAt = After(5) };
    static readonly Exchange Crossed = Answered with { Outcome = Outcome.EndOfStream, WrittenAt = After(120) };

    public static TheoryData<string, Exchange[], int> Others => new()
    {
        { "two", [Crossed, Crossed with { Client = 1 }], 0 },
        { "within the linger", [Crossed with { WrittenAt = After(50) }], 0 },
        { "before the signal", [Crossed with { WrittenAt = After(-50) }], 0 },
        { "a reset", [Crossed with { Outcome = Outcome.Reset }], 0 },
        { "half an answer", [Crossed with { Outcome = Outcome.Truncated }], 0 },
        { "a new connection", [Crossed with { Reused = false }], 0 },
        { "a 503 beside it", [Crossed, Answered with { Outcome = Outcome.Unavailable }], 0 },
        { "a reset behind an answer beside it", [Crossed, Answered with { Outcome = Outcome.AnsweredThenReset }], 0 },
        { "cut by the server", [Crossed], 143 },
    };

    [Fact]
    public void One_request_behind_the_linger_may_cross_the_close()
    {
        var stop = Stop([Crossed]);
        Assert.False(stop.IsClean);
        Assert.True(stop.IsCleanButForOneCrossing(Linger));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Nothing_else_may(string what, Exchange[] seen, int exitCode)
    {
        var stop = Stop(seen, exitCode);
        Assert.False(stop.IsClean || stop.IsCleanButForOneCrossing(Linger), what);
    }

    static StopResult Stop(Exchange[] seen, int exitCode = 0) => new(new LoadResult([Answered, .. seen]), exitCode, SignalledAt, TimeSpan.FromMilliseconds(200));

    static long After(int milliseconds) => SignalledAt + (milliseconds * Stopwatch.Frequency / 1000);
}
