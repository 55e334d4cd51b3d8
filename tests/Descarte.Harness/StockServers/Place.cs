using System.Globalization;

namespace Descarte.Harness.StockServers;

/// <summary>Where a server runs: its port of 127.0.0.1, a folder of its own, and the programs and settings in tests/StockServers.</summary>
public sealed class Place(TempFolder folder, int port)
{
    const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    static string Sources { get; } = Path.Combine(Build.RepositoryRoot, "tests", "StockServers");

    public int Port => port;

    public string Folder => folder.FullName;

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    /// <summary>A file of tests/StockServers.</summary>
    public static string Source(string name) => Path.Combine(Sources, name);

    /// <summary>A copy of a file of settings with the port in it.</summary>
    public string Filled(string name)
    {
        File.WriteAllText(folder[name], File.ReadAllText(Source(name)).Replace("@PORT@", $"{port}", StringComparison.Ordinal));
        return folder[name];
    }

    /// <summary>Puts a page and a large file into the folder www, for servers of files; their workers are other users.</summary>
    public Place WithSite()
    {
        Directory.CreateDirectory(folder["www"]);
        File.WriteAllText(folder["www/index.html"], "Hello World!\n");
        File.WriteAllBytes(folder["www/download"], new byte[5_000_000]);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Folder, ForAll);
        }

        return this;
    }

    /// <summary>Builds the Go program.</summary>
    public Task<string> GoProgramAsync() => GoProgram.BuildAsync(Source("main.go"), folder);
}
