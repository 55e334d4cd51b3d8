using Descarte.Conformance.Clauses;
using Descarte.Conformance.Judging;
using Descarte.Conformance.Reports;

namespace Descarte.Matrix;

/// <summary>The files of a matrix.</summary>
static class Files
{
    /// <summary>Of each life in a report: these are kept with the project.</summary>
    const int MostRequests = 400;

    /// <summary>Writes the two pages and a report for each server; reports of servers that are no longer there go.</summary>
    public static void Write(DirectoryInfo folder, IReadOnlyList<Row> rows)
    {
        var reports = Directory.CreateDirectory(Path.Combine(folder.FullName, "matrix"));
        foreach (var row in rows)
        {
            using var report = File.Create(Path.Combine(folder.FullName, row.Report));
            HtmlReport.Write(row.Recording, row.Judgement, report, MostRequests);
        }

        foreach (var old in reports.EnumerateFiles("*.html").Where(file => !rows.Any(row => file.Name == Path.GetFileName(row.Report))))
        {
            old.Delete();
        }

        // A clause that no server here has anything to do with is no column.
        var clauses = Conformance.Clauses.Catalog.All
            .Where(clause => rows.Any(row => row.Judgement.Of(clause).Verdict != Verdict.NotApplicable)).ToList();
        File.WriteAllText(Path.Combine(folder.FullName, "matrix.md"), MarkdownMatrix.Of(rows, clauses));
        File.WriteAllText(Path.Combine(folder.FullName, "matrix.html"), HtmlMatrix.Of(rows, clauses));
    }

    /// <summary>The sign of a verdict.</summary>
    public static string Sign(ClauseResult result) => result.Verdict switch
    {
        Verdict.Pass => "✓",
        Verdict.Warning => "!",
        Verdict.Fail when result.Clause.Level == Level.Should => "(✗)",
        Verdict.Fail => "✗",
        Verdict.Inconclusive => "?",
        _ => "·",
    };

    /// <summary>What the signs mean.</summary>
    public const string Legend = "✓ pass, ! warning, ✗ fail, (✗) fail of a SHOULD, ? inconclusive, · not applicable";

    /// <summary>What was found of a clause.</summary>
    public static ClauseResult Of(this Judgement judgement, Clause clause) => judgement.Results.First(result => result.Clause.Id == clause.Id);
}
