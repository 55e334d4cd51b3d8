using Descarte.ContainerTests.Docker;
using Descarte.Harness;

namespace Descarte.ContainerTests;

/// <summary>A pool as process 1 of its container, where the runtime would reap its workers before it: of Hits itself, and of the tool in front of it.</summary>
[Collection(DockerCollection.Name)]
public sealed class PoolTests(Images images)
{
    [Theory(Timeout = 120_000)]
    [InlineData("hits")]
    [InlineData("pooled")]
    public async Task A_worker_that_dies_is_replaced_and_a_stop_is_clean(string image)
    {
        var container = await images.Host.DockerAsync("run", "--detach", "--env", "WEB_CONCURRENCY=2", image);
        try
        {
            await LogAsync(container, "ready after", 2);
            var processes = (await images.Host.LinesAsync("top", container, "-eo", "pid,ppid")).Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
            var supervisor = processes.Single(process => processes.TrueForAll(other => other[0] != process[1]))[0];
            Signals.Send(int.Parse(processes.First(process => process[1] == supervisor)[0]), Signal.Kill);
            await LogAsync(container, "killed by SIGKILL", 1);
            await LogAsync(container, "ready after", 3);
            await images.Host.DockerAsync("stop", container);
            Assert.Equal(0, await images.Host.ExitCodeAsync(container));
        }
        finally
        {
            await images.Host.DockerAsync("rm", "--force", container);
        }
    }

    /// <summary>Waits until so many lines of the log have the text.</summary>
    async Task LogAsync(string container, string text, int count)
    {
        while (await LinesAsync() < count)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        async Task<int> LinesAsync() => (await Command.TryAsync("docker", ["logs", container], images.Host.Environment)).StandardError
            .Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal));
    }
}
