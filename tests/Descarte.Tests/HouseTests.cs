using System.Xml.Linq;

namespace Descarte.Tests;

/// <summary>Holds the projects under src to the arrows that the design allows.</summary>
public class HouseTests
{
    static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Descarte"] = [],
        ["Descarte.AspNetCore"] = ["Descarte"],
        ["Descarte.Pool"] = [],
        ["Descarte.Conformance"] = [],
        ["Descarte.Cli"] = ["Descarte.Pool", "Descarte.Conformance"],
        ["Hits"] = ["Descarte.AspNetCore", "Descarte.Pool"],
    };

    [Fact]
    public void Arrows_between_projects_point_one_way()
    {
        var src = Path.Combine(RepositoryRoot(), "src");
        foreach (var project in Directory.EnumerateFiles(src, "*.csproj", SearchOption.AllDirectories))
        {
            var name = Path.GetFileNameWithoutExtension(project);
            Assert.True(Allowed.ContainsKey(name), $"{name} is not in the house: add it to DESIGN and to this test");
            var references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
            Assert.All(references, reference => Assert.Contains(reference, Allowed[name]));
        }
    }

    internal static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Descarte.slnx")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("Descarte.slnx not found above the test");
        }

        return directory.FullName;
    }
}
