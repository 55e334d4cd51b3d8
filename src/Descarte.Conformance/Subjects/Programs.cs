namespace Descarte.Conformance.Subjects;

/// <summary>Finds programs as a shell does.</summary>
static class Programs
{
    /// <param name="name">Of a file in a folder of <c>PATH</c>, or a path.</param>
    /// <param name="workingDirectory">Where a path begins that does not begin at the root.</param>
    /// <param name="advice">What to do when there is none.</param>
    /// <returns>The full path.</returns>
    /// <exception cref="SubjectException">There is none.</exception>
    public static string Find(string name, string workingDirectory, string advice = "give its path, or a command that is in PATH") =>
        Candidates(name, workingDirectory).FirstOrDefault(IsExecutable) ?? throw new SubjectException($"There is no program {name}: {advice}");

    /// <summary>Whether there is one.</summary>
    public static bool IsThere(string name, string workingDirectory) => Candidates(name, workingDirectory).Any(IsExecutable);

    static IEnumerable<string> Candidates(string name, string workingDirectory) => name.Contains('/', StringComparison.Ordinal)
        ? [Path.Combine(workingDirectory, name)]
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name));

    static bool IsExecutable(string path) =>
        OperatingSystem.IsLinux() && File.Exists(path)
        && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
