using Descarte.Harness;

namespace Descarte.FunctionalTests.Tool;

/// <summary>The tool as a package: what the README says about its installation.</summary>
public sealed class ToolPackageTests : IDisposable
{
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    readonly TempFolder _folder = new();

    [Fact(Timeout = 300_000)]
    public async Task It_is_packed_installed_and_runs()
    {
        var configuration = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)).Parent!.Name;
        await RunAsync("dotnet", "pack", Path.Combine(Build.RepositoryRoot, "src/Descarte.Cli"), "--no-build", "--configuration", configuration, "--output", _folder["packages"]);
        await RunAsync("dotnet", "tool", "install", "Descarte.Cli", "--tool-path", _folder["tools"], "--source", _folder["packages"]);
        Assert.Contains("serves its backlog", await RunAsync(_folder["tools/descarte"], "clauses", "3.4"), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    async Task<string> RunAsync(params string[] command)
    {
        // A package of this version that somebody has installed before is another one.
        await using var process = ChildProcess.Start(command, _folder.FullName, [new("NUGET_PACKAGES", _folder["cache"])]);
        Assert.True(await process.WaitForExitAsync(Longest) == 0, $"{string.Join(' ', command)}\n{process.Output}\n{process.Error}");
        return process.Output.ToString()!;
    }
}
