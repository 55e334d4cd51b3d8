namespace Descarte.Harness;

/// <summary>Which of its two builds a program is started from.</summary>
public enum Flavor
{
    /// <summary>The ordinary build: <c>dotnet X.dll</c> in the project's own output folder.</summary>
    Ordinary,

    /// <summary>The native AOT publish: <c>X/X</c> in DESCARTE_AOT_DIR, by default artifacts/aot.</summary>
    Aot,
}

/// <summary>Where the programs under test have been built.</summary>
public static class Build
{
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>The command that starts a program: its file and the arguments that come before the program's own.</summary>
    /// <param name="project">The folder of its project, from the root of the repository: <c>src/Hits</c>.</param>
    /// <param name="flavor">Which build.</param>
    public static string[] Command(string project, Flavor flavor) => flavor switch
    {
        Flavor.Ordinary => [DotNet, OrdinaryPath(project)],
        _ => [AotPath(project)],
    };

    /// <summary>The native build where every one of these has been published, and always in CI; elsewhere the ordinary one.</summary>
    /// <param name="projects">As in <see cref="Command"/>.</param>
    public static Flavor Fastest(params string[] projects) =>
        Environment.GetEnvironmentVariable("CI") == "true" || projects.All(project => File.Exists(AotPath(project))) ? Flavor.Aot : Flavor.Ordinary;

    /// <summary>Path of the native program, whether or not it has been published.</summary>
    public static string AotPath(string project)
    {
        var name = Path.GetFileName(project);
        var folder = Environment.GetEnvironmentVariable("DESCARTE_AOT_DIR") ?? Path.Combine(RepositoryRoot, "artifacts", "aot");
        return Path.Combine(folder, name, name);
    }

    static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    // The tests' own output is bin/<configuration>/<framework>; the program's was built beside it, under the same names.
    static string OrdinaryPath(string project)
    {
        var output = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Path.Combine(RepositoryRoot, project, "bin", output.Parent!.Name, output.Name, Path.GetFileName(project) + ".dll");
    }

    static string FindRepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Descarte.slnx")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("Descarte.slnx not found above the test");
        }

        return directory.FullName;
    }
}
