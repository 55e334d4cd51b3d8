using System.Diagnostics;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;
using Descarte.Harness.StockServers;

namespace Descarte.FunctionalTests.Prove;

/// <summary>Servers that nobody here wrote fail where they are known to fail; Hits passes everywhere. bench/Descarte.Matrix judges all of them in all clauses.</summary>
[Collection(LoadCollection.Name)]
public sealed class StockServerTests
{
    const int Limit = 600_000;

    static readonly TimeSpan LongestHunt = TimeSpan.FromMinutes(8);

    [Theory(Timeout = Limit)]
    [InlineData("nginx-term", "3.4, 5.4")]
    [InlineData("nginx-quit", "3.4, 5.3, 5.4")]
    [InlineData("apache-term", "3.4")]
    [InlineData("apache-winch", "3.4")]
    [InlineData("lighttpd-term", "2.4, 3.4")]
    [InlineData("lighttpd-int", "3.4, 5.3")]
    [InlineData("caddy", "3.4, 5.3")]
    [InlineData("gunicorn-sync", "3.4, 5.3, 5.4, 6.1")]
    [InlineData("gunicorn-gthread", "3.4, 5.4, 6.1")]
    [InlineData("uvicorn", "5.4, 6.1")]
    [InlineData("puma", "3.4, 6.1")]
    [InlineData("puma-cluster", "3.4, 6.1")]
    [InlineData("node", "3.4, 4.1, 4.3, 6.1")]
    [InlineData("node-close", "2.2, 3.4, 5.3, 5.4, 6.1")]
    [InlineData("go", "3.4, 4.1, 4.3, 6.1")]
    [InlineData("go-shutdown", "3.4, 5.3, 5.4, 6.1")]
    [InlineData("flask-before", "3.4, 4.1")]
    [InlineData("flask-after", "7.1")]
    [InlineData("flask-after-plain", "3.4, 4.1")]
    [InlineData("php", "3.4, 4.1, 4.2")]
    [InlineData("kestrel", "3.4, 5.4, 6.1")]
    public async Task A_server_of_others_fails_where_it_is_known_to(string id, string clauses)
    {
        // What is lost in some rounds only may be lost in none of a quick run: Kestrel loses from its queue in about one of eight.
        string[] missing = clauses.Split(", ");
        var hunt = Stopwatch.StartNew();
        for (var attempt = 1; missing.Length > 0; attempt++)
        {
            var (_, judgement) = await ProveAsync(id, attempt, missing, quick: attempt == 1);
            missing = [.. missing.Except(judgement.Failed.Select(result => result.Clause.Id))];
            Assert.True(missing.Length == 0 || hunt.Elapsed < LongestHunt, $"Not failed: {string.Join(", ", missing)}\n{judgement.Blemishes()}");
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData("hits")]
    [InlineData("hits-pool")]
    [InlineData("hits-pool-redis")]
    [InlineData("hits-lame-duck")]
    public Task Hits_passes_every_clause_that_applies(string id) => Proving.PassesAsync((attempt, undecided) => ProveAsync(id, seed: attempt, undecided));

    static async Task<(Recording Recording, Judgement Judgement)> ProveAsync(string id, int seed, string[] clauses, bool quick = true)
    {
        var server = Catalog.All.Single(one => one.Id == id);
        foreach (var program in server.Programs)
        {
            Need.Program(program);
        }

        var recording = await server.ProveAsync(quick, seed, clauses, TestContext.Current.CancellationToken);
        return (recording, Judge.Of(recording, server.Profile));
    }
}
