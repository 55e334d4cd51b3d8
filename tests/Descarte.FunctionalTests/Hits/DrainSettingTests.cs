using Descarte.Harness;

namespace Descarte.FunctionalTests.Hits;

public sealed class DrainSettingTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("GracePeriod", "00:00:00")]
    [InlineData("GracePeriod", "soon")]
    [InlineData("LameDuck", "00:01:00")]
    [InlineData("IdleLinger", "-1")]
    [InlineData("IdleLinger", "1e400")]
    public async Task A_bad_setting_of_the_drain_is_one_line_and_exit_code_78(string option, string value)
    {
        await using var hits = HitsProcess.Launch(new HitsStart
        {
            Environment = new Dictionary<string, string?> { ["Descarte__" + option] = value },
        });
        Assert.Equal(78, await hits.Process.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        var line = Assert.Single(hits.Process.Error.Lines);
        Assert.Contains($"Descarte:{option}", line, StringComparison.Ordinal);
    }
}
