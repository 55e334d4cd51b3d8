using Descarte.Conformance.Judging;
using Descarte.FunctionalTests.Drain;

namespace Descarte.FunctionalTests.Prove;

/// <summary>A server without a fault fails nothing. On a machine that does not let it run a time may decide nothing; that is no failure either.</summary>
[Collection(LoadCollection.Name)]
public sealed class WellBehavedTests
{
    [Fact(Timeout = 600_000)]
    public async Task The_well_behaved_server_fails_nothing()
    {
        var (_, judgement) = await Proving.RunAsync("well-behaved", Proving.AllHints with { Quick = false, GraceMs = 10_000 });
        IsClean(judgement, notApplicable: "3.2, 5.6, 10.1, 10.2, 11.1, 11.2, 12.1");
    }

    [Fact(Timeout = 600_000)]
    public async Task A_lame_duck_fails_nothing_in_its_own_profile()
    {
        var (_, judgement) = await Proving.RunAsync(
            "well-behaved", Proving.AllHints with { GraceMs = 15_000 }, Profile.LameDuck, null, ("Descarte__LameDuck", "00:00:02"), ("Descarte__GracePeriod", "00:00:15"));
        IsClean(judgement, notApplicable: "2.6, 3.1, 5.6, 10.1, 10.2, 11.1, 11.2, 12.1");
    }

    [Fact(Timeout = 600_000)]
    public async Task With_TLS_and_HTTP_2_it_fails_nothing()
    {
        var (_, judgement) = await Proving.RunWithTlsAsync("well-behaved", Proving.AllHints with { GraceMs = 10_000 });
        IsClean(judgement, notApplicable: "2.6, 3.2, 10.1, 10.2, 11.1, 11.2, 12.1");
    }

    static void IsClean(Judgement judgement, string notApplicable)
    {
        Assert.True(judgement.Failed.Count == 0, judgement.Blemishes());
        Assert.Equal(notApplicable, string.Join(", ", judgement.Results.Where(result => result.Verdict == Verdict.NotApplicable).Select(result => result.Clause.Id)));
        Assert.All(judgement.Results.Where(result => result.Verdict == Verdict.Inconclusive), result => Assert.Contains("this machine paused", result.Finding.Observed, StringComparison.Ordinal));
    }
}
