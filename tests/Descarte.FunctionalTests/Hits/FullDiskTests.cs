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
        var limits = Need.Program("prlimit");

        // A limit on the size of its files stands for the size of the disk: the journal reaches it after some hits.
        // The signal that comes with it is ignored, see setrlimit(2).
        await using var hits = await HitsProcess.StartAsync(new HitsStart
        {
            Before = [shell, "-c", $"trap '' XFSZ; exec {limits} --fsize=100000:unlimited \"$@\"", shell],
        });
        var last = 0L;
        Answer answer;
        while ((answer = await hits.AskAsync("/")).Status == 200)
        {
            last = HitsProcess.Number(answer.Body);
            Assert.InRange(last, 1, 1000);
        }

        Assert.Equal((503, "1"), (answer.Status, answer.RetryAfter));
        Assert.Equal(503, (await hits.AskAsync("/readyz")).Status);
        Assert.Equal(200, (await hits.AskAsync("/livez")).Status);
        Assert.Contains("cannot count", await hits.Process.Output.WaitForLineAsync("cannot count", TestContext.Current.CancellationToken));

        await using (var raise = ChildProcess.Start([limits, $"--pid={hits.Process.Id}", "--fsize=unlimited"], Path.GetTempPath()))
        {
            Assert.Equal(0, await raise.WaitForExitAsync(Limit));
        }

        // None of those that were refused has been counted.
        Assert.Equal(last + 1, await hits.FirstNumberAsync());
        Assert.Equal(200, (await hits.AskAsync("/readyz")).Status);
        await hits.Process.Output.WaitForLineAsync("counts again", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("   at ", hits.Process.Output.ToString());
    }
}
