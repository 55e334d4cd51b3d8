namespace Descarte.Harness;

/// <summary>A Go program of one file.</summary>
public static class GoProgram
{
    /// <summary>Builds it.</summary>
    /// <param name="source">The file.</param>
    /// <param name="folder">Where the program and all that the compiler leaves go.</param>
    /// <returns>The program's path.</returns>
    public static async Task<string> BuildAsync(string source, TempFolder folder)
    {
        var environment = new Dictionary<string, string?>
        {
            ["GO111MODULE"] = "off",
            ["GOFLAGS"] = "",
            ["GOPATH"] = folder["path"],
            ["GOCACHE"] = folder["cache"],
        };
        await using var build = ChildProcess.Start([Need.Program("go"), "build", "-o", folder["server"], source], folder.FullName, environment);
        var exitCode = await build.WaitForExitAsync(TimeSpan.FromSeconds(120));
        Assert.True(exitCode == 0, $"go build: {build.Error}");
        return folder["server"];
    }
}
