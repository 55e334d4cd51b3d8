using System.Text;
using System.Text.Json;
using System.Text.Json.Schema;
using Descarte.Conformance.Clauses;
using Descarte.Conformance.Evidence;
using Descarte.Harness;

namespace Descarte.Tests.Prove;

/// <summary>Pages of docs/ that are made from the program itself. With DESCARTE_WRITE_DOCS=1 they are written anew.</summary>
public class ClauseDocTests
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public void Ids_are_unique_and_in_order()
    {
        var ids = Catalog.All.Select(clause => clause.Id).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal(ids.OrderBy(id => Version.Parse(id)), ids);
        Assert.All(Catalog.All, clause => Assert.Contains(Catalog.SectionOf(clause), Catalog.Sections));
    }

    [Fact]
    public void The_page_of_clauses_says_what_the_program_does()
    {
        var page = new StringBuilder("""
            # The clauses

            What `descarte prove` judges; `descarte clauses ID` says the same. [prove.md](prove.md) says how. A test holds this page to the program.
            MUST and SHOULD as in RFC 2119: a SHOULD that fails makes the exit code 1 only with `--strict`.


            """);
        foreach (var section in Catalog.All.GroupBy(Catalog.SectionOf))
        {
            page.Append($"## {section.Key} {Catalog.Sections[section.Key]}\n\n");
            foreach (var clause in section)
            {
                page.Append($"### {clause.Id} {clause.Title}\n\n{(clause.Level == Level.Must ? "MUST" : "SHOULD")}. {clause.Requirement}\n\n");
                page.Append($"- Experiment: {clause.Tried}\n- A failure: {clause.FailureTitle}\n- Remedy: {clause.Remedy}\n- Source: {clause.Source}\n");
                if (clause.Needs is { } hint)
                {
                    page.Append($"- Needs: `{hint}`\n");
                }

                if (clause.Profile is { } profile)
                {
                    page.Append($"- Profile: {(profile == Conformance.Judging.Profile.Strict ? "strict" : "lame-duck")}\n");
                }

                page.Append('\n');
            }
        }

        IsWritten("clauses.md", page.ToString().TrimEnd('\n') + "\n");
    }

    [Fact]
    public void The_schema_of_recordings_is_the_one_that_is_written()
    {
        var schema = RecordingJson.Default.Options.GetJsonSchemaAsNode(typeof(Recording), new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true });
        IsWritten("recording.schema.json", schema.ToJsonString(Indented) + "\n");
    }

    static void IsWritten(string file, string text)
    {
        var path = Path.Combine(Build.RepositoryRoot, "docs", file);
        if (Environment.GetEnvironmentVariable("DESCARTE_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.Equal(text, File.ReadAllText(path));
    }
}
