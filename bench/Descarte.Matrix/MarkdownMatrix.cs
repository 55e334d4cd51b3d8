using System.Globalization;
using System.Text;
using Descarte.Conformance.Clauses;
using Descarte.Conformance.Judging;

namespace Descarte.Matrix;

/// <summary>The matrix as Markdown.</summary>
static class MarkdownMatrix
{
    public static string Of(IReadOnlyList<Row> rows, IReadOnlyList<Clause> clauses)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"""
            # Servers and clauses

            Written by `dotnet run -c Release --project bench/Descarte.Matrix` on {rows[0].Recording.StartedAt:yyyy-MM-dd}; {rows[0].Recording.Machine}.
            Each server as its makers ship it, with the programs and settings of [tests/StockServers](../tests/StockServers), on one machine beside its clients.
            Each sign leads to its evidence: a report to open in a browser, as [matrix.html](matrix.html) is. [clauses.md](clauses.md) lists the clauses, [prove.md](prove.md) says how they are judged.

            {Files.Legend}.

            | server | {string.Join(" | ", clauses.Select(clause => clause.Id))} |
            | --- | {string.Join(" | ", clauses.Select(_ => ":-:"))} |
            """);
        foreach (var row in rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Name} | {string.Join(" | ", clauses.Select(clause => $"[{Files.Sign(row.Judgement.Of(clause))}]({row.Report}#{clause.Id})"))} |");
        }

        foreach (var row in rows)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"""
                ## {row.Name}

                `{row.Recording.Subject}`

                {row.Judgement.Sentence()}.
                """);
            foreach (var (index, result) in row.Judgement.Results.Where(IsBlemish).Index())
            {
                text.Append(index == 0 ? "\n" : "").AppendLine(CultureInfo.InvariantCulture, $"- {Files.Sign(result)} {result.Clause.Id} {result.Title}: {Escaped(result.Finding.Observed)}");
            }
        }

        return text.ToString().ReplaceLineEndings("\n");
    }

    static bool IsBlemish(ClauseResult result) => result.Verdict is Verdict.Fail or Verdict.Warning or Verdict.Inconclusive;

    // What is observed can quote what the server wrote.
    static string Escaped(string text) => string.Concat(text.ReplaceLineEndings(" ").Select(letter => @"\`*_[]<>|#&~$@".Contains(letter) ? $"\\{letter}" : letter.ToString()));
}
