using System.Text.RegularExpressions;
using Descarte.Conformance.Clauses;

namespace Descarte.Tests;

/// <summary>The pages that a user reads: what they name is there, and the two READMEs are one.</summary>
public partial class PagesTests
{
    static readonly string Root = HouseTests.RepositoryRoot();

    static readonly string[] Folders = ["", "docs", "examples/factor8", "examples/factor9"];

    public static TheoryData<string> Pages => [.. Folders
        .SelectMany(folder => Directory.GetFiles(Path.Combine(Root, folder), "*.md")).Select(file => Path.GetRelativePath(Root, file))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_link_leads_somewhere(string page) => Assert.All(Links(page).Where(link => !link.Contains("://", StringComparison.Ordinal)), link =>
    {
        var parts = link.Split('#');
        var target = parts[0].Length == 0 ? Path.Combine(Root, page) : Path.Combine(Root, Path.GetDirectoryName(page)!, parts[0]);
        Assert.True(Path.Exists(target), $"{page} links to {link}");
        if (parts.Length > 1 && target.EndsWith(".html", StringComparison.Ordinal))
        {
            // A report: its script knows each clause by its id.
            Assert.Contains(parts[1], Catalog.All.Select(clause => clause.Id));
        }
        else if (parts.Length > 1)
        {
            Assert.Contains(parts[1], File.ReadLines(target).Where(line => line.StartsWith('#')).Select(Anchor));
        }
    });

    [Fact]
    public void The_portuguese_readme_mirrors_the_english_one()
    {
        Assert.Equal(Shape("README.md"), Shape("README.pt-BR.md"));

        static IEnumerable<string> Shape(string page) => File.ReadLines(Path.Combine(Root, page))
            .Where(line => line.StartsWith('#') || line.StartsWith("| ", StringComparison.Ordinal) || line.StartsWith("```", StringComparison.Ordinal))
            .Select(line => line.StartsWith("| [", StringComparison.Ordinal) ? string.Join(' ', Link().Matches(line).Select(link => link.Value)) : line[..2]);
    }

    static IEnumerable<string> Links(string page) => Link().Matches(File.ReadAllText(Path.Combine(Root, page))).Select(match => match.Groups["to"].Value);

    // As GitHub makes them.
    static string Anchor(string heading) => NotInAnchor().Replace(heading.TrimStart('#', ' ').ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
