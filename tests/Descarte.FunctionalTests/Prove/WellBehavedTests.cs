using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using Descarte.FunctionalTests.Drain;

namespace Descarte.FunctionalTests.Prove;

/// <summary>A server without a fault passes everything.</summary>
[Collection(LoadCollection.Name)]
public sealed class WellBehavedTests
{
    [Fact(Timeout = 600_000)]
    public Task The_well_behaved_server_passes_everything() => Proving.PassesAsync(
        (_, missing) => Proving.RunAsync("well-behaved", Proving.AllHints with { Quick = false, GraceMs = 10_000 }, clauses: missing),
        notApplicable: "3.2, 5.6, 10.1, 10.2, 11.1, 11.2, 12.1");

    [Fact(Timeout = 600_000)]
    public Task A_lame_duck_passes_everything_in_its_own_profile() => Proving.PassesAsync(
        (_, missing) => Proving.RunAsync(
            "well-behaved", Proving.AllHints with { GraceMs = 15_000 }, Profile.LameDuck, missing, ("Descarte__LameDuck", "00:00:02"), ("Descarte__GracePeriod", "00:00:15")),
        notApplicable: "2.6, 3.1, 5.6, 10.1, 10.2, 11.1, 11.2, 12.1");

    [Fact(Timeout = 600_000)]
    public Task With_TLS_and_HTTP_2_it_passes_everything() => Proving.PassesAsync(
        (_, missing) => Proving.RunWithTlsAsync("well-behaved", Proving.AllHints with { GraceMs = 10_000, Clauses = missing }),
        notApplicable: "2.6, 3.2, 10.1, 10.2, 11.1, 11.2, 12.1");
}
