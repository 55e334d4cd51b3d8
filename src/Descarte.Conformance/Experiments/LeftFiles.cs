namespace Descarte.Conformance.Experiments;

/// <summary>The PID, lock and socket files in a folder.</summary>
static class LeftFiles
{
    const int Deepest = 3;
    const int Most = 20_000;

    static readonly string[] Endings = [".pid", ".lock", ".lck", ".sock", ".socket"];

    public static IReadOnlySet<string> Look(string folder)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = Deepest,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        return Directory.EnumerateFiles(folder, "*", options)
            .Take(Most)
            .Where(file => Endings.Any(ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Takes them away, as an operator would.</summary>
    public static void Remove(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            File.Delete(file);
        }
    }
}
