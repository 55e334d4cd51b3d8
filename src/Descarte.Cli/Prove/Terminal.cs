using Descarte.Conformance.Clauses;
using Descarte.Conformance.Diagnosing;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using Descarte.Conformance.Reports;
using Spectre.Console;

namespace Descarte.Cli.Prove;

/// <summary>The verdicts on a terminal, or as plain text where the output is none.</summary>
static class Terminal
{
    public static void Show(Recording recording, Judgement judgement)
    {
        Show(recording, judgement, AnsiConsole.Console, plain: Console.IsOutputRedirected);
    }

    internal static void Show(Recording recording, Judgement judgement, IAnsiConsole console, bool plain)
    {
        // Lines are broken for people only: whoever reads a pipe wants one clause a line.
        if (plain)
        {
            console.Profile.Width = 10_000;

            // The library takes some CI systems for terminals.
            console.Profile.Capabilities.Ansi = false;
        }

        console.WriteLine(Printable($"{recording.Subject}  (seed {recording.Settings.Seed})"));
        foreach (var section in judgement.Results.GroupBy(result => Catalog.SectionOf(result.Clause)))
        {
            console.WriteLine();
            console.MarkupLine($"[bold]{section.Key} {Catalog.Sections[section.Key].EscapeMarkup()}[/]");
            var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn();
            foreach (var result in section)
            {
                grid.AddRow(
                    new Text($"  {result.Clause.Id}"),
                    new Text(Words.Of(result), Colour(result)),
                    new Text(result.Title),
                    new Text(Printable(result.Finding.Observed)));
            }

            console.Write(grid);
        }

        foreach (var result in judgement.Failed)
        {
            console.WriteLine();
            console.MarkupLine($"[bold]{result.Clause.Id} {result.Title.EscapeMarkup()}[/]");
            console.Write(new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn()
                .AddRow(new Text("  Expected"), new Text(result.Clause.Requirement))
                .AddRow(new Text("  Observed"), new Text(Printable(result.Finding.Observed)))
                .AddRow(new Text("  Remedy"), new Text(result.Clause.Remedy)));
        }

        foreach (var diagnosis in Diagnosis.Of(recording))
        {
            console.WriteLine();
            console.MarkupLine($"[bold]Diagnosis: {Printable(diagnosis.Cause).EscapeMarkup()}[/]");
            var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
            foreach (var fact in diagnosis.Facts)
            {
                grid.AddRow(new Text("  Fact"), new Text(Printable(fact)));
            }

            console.Write(grid.AddRow(new Text("  Remedy"), new Text(Printable(diagnosis.Remedy))));
        }

        console.WriteLine();
        console.WriteLine(Printable(judgement.Sentence()));
    }

    // A subject's own words, and the names of its processes, could else colour the terminal, or write over it.
    static string Printable(string text) => string.Concat(text.Select(one => char.IsControl(one) ? '\ufffd' : one));

    static Style Colour(ClauseResult result) => new(result.Verdict switch
    {
        Verdict.Pass => Color.Green,
        Verdict.Fail => Color.Red,
        Verdict.NotApplicable => Color.Grey,
        _ => Color.Yellow,
    });
}
