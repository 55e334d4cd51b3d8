using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Prove;

/// <summary>What runs already, and a command that disturbs it under load: section 12.</summary>
[Collection(LoadCollection.Name)]
public sealed class DisturbTests : IDisposable
{
    const int Limit = 180_000;

    static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    readonly TempFolder _folder = new();

    [Fact(Timeout = Limit)]
    public async Task A_rolling_restart_of_a_pool_passes()
    {
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfHits(Flavor.Ordinary, "-n", "2"));
        await using var tool = Start(pool.Port, string.Join(' ', [.. Build.Command("src/Descarte.Cli", Flavor.Ordinary), "restart"]), pool.RuntimeFolder);
        var code = await tool.WaitForExitAsync(Longest);
        Assert.True(code == 0, $"{tool.Output}\n{tool.Error}\n{pool.Process.Error}");
        Assert.Contains(tool.Output.Lines, line => line.Contains("12.1  pass", StringComparison.Ordinal));
        Assert.Contains(tool.Output.Lines, line => line.Contains("9.3  pass", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task A_service_that_is_killed_fails()
    {
        await using var hits = await HitsProcess.StartAsync();
        await using var tool = Start(hits.Port, $"kill -KILL {hits.Process.Id}");
        Assert.Equal(1, await tool.WaitForExitAsync(Longest));
        Assert.Contains(tool.Output.Lines, line => line.Contains("12.1  FAIL", StringComparison.OrdinalIgnoreCase) && line.Contains("refused", StringComparison.Ordinal));
        Assert.Contains(tool.Output.Lines, line => line.Contains("needs the command that starts it", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Where_nobody_answers_that_is_said()
    {
        await using var tool = Start(FreePort.Next(), "true");
        Assert.Equal(2, await tool.WaitForExitAsync(Longest));
        Assert.Contains("Nobody answers at 127.0.0.1:", Assert.Single(tool.Error.Lines), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    ChildProcess Start(int port, string disturbance, string? runtimeFolder = null) => ChildProcess.Start(
        [.. Build.Command("src/Descarte.Cli", Flavor.Ordinary), "prove", "--url", $"http://127.0.0.1:{port}/", "--counter", "/ (\\d+) times", "--settle", "1s", "--disturb", disturbance],
        _folder.FullName,
        [new("XDG_RUNTIME_DIR", runtimeFolder ?? _folder.FullName), new("CI", null)]);
}
