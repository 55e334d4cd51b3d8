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

    /// <summary>Takes them out of the way until it is known whether they were in it: others may have made them.</summary>
    public static void SetAside(IEnumerable<string> files) => Rename(files, static file => file, Aside);

    /// <summary>Puts them back.</summary>
    public static void PutBack(IEnumerable<string> files) => Rename(files, Aside, static file => file);

    /// <summary>Removes those that were set aside.</summary>
    public static void RemoveAside(IEnumerable<string> files) => Remove(files.Select(Aside));

    static string Aside(string file) => file + ".aside";

    static void Rename(IEnumerable<string> files, Func<string, string> from, Func<string, string> to)
    {
        foreach (var file in files.Where(file => File.Exists(from(file))))
        {
            // What the subject has written meanwhile under the same name is as old as the rest of it.
            File.Move(from(file), to(file), overwrite: true);
        }
    }
}
