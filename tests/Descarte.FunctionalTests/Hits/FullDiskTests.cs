using Descarte.Harness;

namespace Descarte.FunctionalTests.Hits;

/// <summary>A file that can be read and not written, while the process runs.</summary>
public sealed class FullDiskTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    [Fact(Timeout = 120_000)]
    public async Task A_disk_that_fills_up_is_an_outage_and_space_ends_it()
    {
        var shell = Need.Program("sh");
        await using var hits = await HitsProcess.StartAsync(new HitsStart
        {
            // The signal that comes with the limit is ignored, see setrlimit(2); and the runtime's own code is no file.
            Before = [shell, "-c", "trap '' XFSZ; exec \"$@\"", shell],
            Environment = new Dictionary<string, string?> { ["DOTNET_EnableWriteXorExecute"] = "0" },
        });

        await hits.UntilReadyAsync();
        var last = await hits.FirstNumberAsync();

        // A limit on the size of its files stands for the size of the disk. Nothing fits into a thousand bytes.
        await LimitAsync(hits, "1000");
        var answer = await hits.AskAsync("/");
        Assert.Equal((503, "1"), (answer.Status, answer.RetryAfter));
        Assert.Equal(503, (await hits.AskAsync("/readyz")).Status);
        Assert.Equal(200, (await hits.AskAsync("/livez")).Status);
        Assert.Contains("cannot count", await hits.Process.Output.WaitForLineAsync("cannot count", TestContext.Current.CancellationToken));

        await LimitAsync(hits, "unlimited");

        // None of those that were refused has been counted.
        Assert.Equal(last + 1, await hits.FirstNumberAsync());
        Assert.Equal(200, (await hits.AskAsync("/readyz")).Status);
        await hits.Process.Output.WaitForLineAsync("counts again", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("   at ", hits.Process.Output.ToString());
    }

    static async Task LimitAsync(HitsProcess hits, string bytes)
    {
        await using var limit = ChildProcess.Start([Need.Program("prlimit"), $"--pid={hits.Process.Id}", $"--fsize={bytes}:unlimited"], Path.GetTempPath());
        Assert.Equal(0, await limit.WaitForExitAsync(Limit));
    }
}
