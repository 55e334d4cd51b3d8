using System.Globalization;
using System.Net;
using System.Text;
using Descarte.Conformance.Clauses;
using Descarte.Conformance.Judging;

namespace Descarte.Matrix;

/// <summary>The matrix as a page without scripts.</summary>
static class HtmlMatrix
{
    const string Style = """
        :root { color-scheme: light dark; --ink: #1c1f23; --soft: #667079; --line: #d7dce1; --paper: #fff; --good: #1a7f4b; --warn: #9a6700; --bad: #c4272f; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #97a1ab; --line: #3a4149; --paper: #16191d; --good: #4cc38a; --warn: #e2a53a; --bad: #ff6b6b; } }
        body { margin: 0; padding: 24px 16px 64px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
        h1 { font-size: 24px; margin: 0 0 4px; }
        p { color: var(--soft); max-width: 70em; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; }
        th, td { border-bottom: 1px solid var(--line); padding: 4px 7px; text-align: center; white-space: nowrap; }
        th:first-child { position: sticky; left: 0; background: var(--paper); text-align: left; font-weight: 400; }
        thead th { font-weight: 600; vertical-align: bottom; }
        thead span { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; max-height: 22em; font-weight: 400; color: var(--soft); }
        td a { color: inherit; text-decoration: none; display: block; }
        .Pass { color: var(--good); }
        .Warning, .Inconclusive { color: var(--warn); }
        .Fail { color: var(--bad); font-weight: 600; background: color-mix(in srgb, var(--bad) 12%, transparent); }
        .NotApplicable { color: var(--soft); }
        """;

    public static string Of(IReadOnlyList<Row> rows, IReadOnlyList<Clause> clauses)
    {
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="icon" href="data:,">
            <title>Servers and clauses</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <h1>Which servers are disposable?</h1>
            <p>Judged by <code>descarte prove</code> on {rows[0].Recording.StartedAt:yyyy-MM-dd}; {Text(rows[0].Recording.Machine)}. {Files.Legend}. Each sign leads to its evidence.</p>
            <div class="wide">
            <table>
            <thead><tr><th>Server</th>{string.Concat(clauses.Select(clause => $"<th title=\"{Text(clause.Requirement)}\"><span>{Text(clause.Title)}</span><br>{clause.Id}</th>"))}</tr></thead>
            <tbody>
            """);
        foreach (var row in rows)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"<tr><th title=\"{Text(row.Recording.Subject)}\"><a href=\"{row.Report}\">{Text(row.Name.Replace("`", "", StringComparison.Ordinal).Replace("*", "", StringComparison.Ordinal))}</a></th>{string.Concat(clauses.Select(clause => Cell(row, row.Judgement.Of(clause))))}</tr>");
        }

        page.AppendLine("""
            </tbody>
            </table>
            </div>
            </body>
            </html>
            """);
        return page.ToString().ReplaceLineEndings("\n");
    }

    static string Cell(Row row, ClauseResult result) =>
        $"<td class=\"{result.Verdict}\"><a href=\"{row.Report}#{result.Clause.Id}\" title=\"{result.Clause.Id} {Text(result.Title)}: {Text(result.Finding.Observed)}\">{Files.Sign(result)}</a></td>";

    static string Text(string? text) => WebUtility.HtmlEncode(text) ?? "";
}
