using System.Text.RegularExpressions;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using Descarte.Harness;
using Descarte.Harness.StockServers;

namespace Descarte.Matrix;

/// <summary>A server and what was found.</summary>
sealed partial record Row(StockServer Server, string Version, Recording Recording, Judgement Judgement)
{
    const int Seed = 1;

    /// <summary>In Markdown.</summary>
    public string Name => $"{Server.Name} ({Version})";

    /// <summary>Its report, from the pages of the matrix.</summary>
    public string Report => $"matrix/{Server.Id}.html";

    /// <summary>Proves each in turn; says on standard error what is done.</summary>
    /// <exception cref="FileNotFoundException">The program of one is not installed.</exception>
    public static async Task<IReadOnlyList<Row>> AllAsync(IReadOnlyList<StockServer> servers, bool quick, CancellationToken cancellation)
    {
        if (servers.SelectMany(server => server.Programs).Where(program => Need.Find(program) is null).Distinct().ToList() is { Count: > 0 } missing)
        {
            throw new FileNotFoundException($"Not installed: {string.Join(", ", missing)}. --only leaves servers out");
        }

        var rows = new List<Row>();
        foreach (var server in servers)
        {
            var recording = await server.ProveAsync(quick, Seed, clauses: [], cancellation);
            var row = new Row(server, await VersionAsync(server), recording, Judge.Of(recording, server.Profile));
            await Console.Error.WriteLineAsync($"{row.Name}: {row.Judgement.Sentence()}");
            rows.Add(row);
        }

        return rows;
    }

    static async Task<string> VersionAsync(StockServer server)
    {
        if (server.Version is not { } command)
        {
            return $".NET {Environment.Version}";
        }

        await using var process = ChildProcess.Start([.. command], Build.RepositoryRoot);
        await process.WaitForExitAsync(TimeSpan.FromSeconds(30));
        return VersionNumber().Match($"{process.Output}\n{process.Error}").Value;
    }

    [GeneratedRegex(@"\d+(\.\d+)+")]
    private static partial Regex VersionNumber();
}
