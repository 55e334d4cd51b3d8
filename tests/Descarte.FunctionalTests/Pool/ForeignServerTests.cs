using System.ComponentModel;
using Descarte.Conformance.Client;
using Descarte.Conformance.Load;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Pool;

/// <summary>The pool knows its workers by systemd's protocols and by signals alone, so they may be of any language.</summary>
public class ForeignServerTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory(Timeout = 180_000)]
    [InlineData("gunicorn")]
    [InlineData("Node")]
    [InlineData("Go")]
    public async Task A_server_in_another_language_is_served_restarted_replaced_and_stopped(string language)
    {
        using var folder = new TempFolder();
        await using var pool = await PoolProcess.StartAsync(new PoolStart
        {
            Command = await CommandAsync(language, folder),
            Options = ["-n", "2"],
            Environment = new Dictionary<string, string?> { ["PYTHONDONTWRITEBYTECODE"] = "1" },
        });
        await using var load = LoadGenerator.Start(new LoadOptions { Target = pool.Target, Clients = 8, Use = ConnectionUse.New, OnAfterRefused = true, AnswerTimeout = Limit });
        await load.AnsweredAsync(8, Raw.Limit);

        var first = await pool.UntilAsync(BothReady);
        Assert.Equal((0, "", ""), await pool.AskAsync("restart"));
        var second = await pool.UntilAsync(BothReady);
        Assert.Empty(first.Select(worker => worker.Pid).Intersect(second.Select(worker => worker.Pid)));

        Signals.Send(second[0].Pid, Signal.Kill);
        var third = await pool.UntilAsync(workers => BothReady(workers) && workers.All(worker => worker.Pid != second[0].Pid));
        await load.AnsweredAsync(load.Answered + 8, Raw.Limit);
        var seen = await load.StopAsync();
        Assert.True(seen.Count(Outcome.Refused) == 0, $"{seen}\n{pool.Process.Error}");

        pool.Process.Send(Signal.Terminate);
        var exitCode = await pool.Process.WaitForExitAsync(Limit);
        Assert.True(exitCode == 0, $"{exitCode}\n{pool.Process.Error}");
        Assert.All(first.Concat(second).Concat(third), worker => Assert.False(IsGroupAlive(worker.Pid), $"Processes of the group {worker.Pid} are left"));
        await Raw.RefusedAsync(pool.Target);
    }

    static bool BothReady(IReadOnlyList<PoolWorker> workers) => workers.Count == 2 && workers.All(worker => worker.State == "ready");

    static async Task<string[]> CommandAsync(string language, TempFolder folder)
    {
        var sources = Path.Combine(Build.RepositoryRoot, "tests", "ForeignServers");
        return language switch
        {
            "gunicorn" => [Need.Program("gunicorn"), "--chdir", sources, "app:app"],
            "Node" => [Need.Program("node"), Path.Combine(sources, "server.mjs")],
            _ => [await BuildGoAsync(Path.Combine(sources, "main.go"), folder)],
        };
    }

    static async Task<string> BuildGoAsync(string source, TempFolder folder)
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

    /// <summary>Signal 0 only asks: kill(2).</summary>
    static bool IsGroupAlive(int group)
    {
        try
        {
            Signals.Send(-group, 0);
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
