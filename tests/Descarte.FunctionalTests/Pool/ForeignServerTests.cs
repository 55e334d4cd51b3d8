using System.ComponentModel;
using Descarte.Conformance.Client;
using Descarte.Conformance.Load;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;
using Descarte.Harness.Stops;

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
        var first = await pool.UntilAsync(BothReady);
        var restarted = await UnderLoadAsync(pool, async () => Assert.Equal((0, "", ""), await pool.AskAsync("restart")));
        var second = await pool.UntilAsync(BothReady);
        Assert.Empty(first.Select(worker => worker.Pid).Intersect(second.Select(worker => worker.Pid)));
        Assert.True(restarted.Lost.Count == 0 && restarted.Count(Outcome.Refused) == 0, $"{restarted}\n{pool.Process.Error}");

        IReadOnlyList<PoolWorker> third = [];
        var killed = await UnderLoadAsync(pool, async () =>
        {
            Signals.Send(second[0].Pid, Signal.Kill);
            third = await pool.UntilAsync(workers => BothReady(workers) && workers.All(worker => worker.Pid != second[0].Pid));
        });
        Assert.True(killed.Count(Outcome.Refused) == 0, $"{killed}\n{pool.Process.Error}");

        var stop = await StopUnderLoad.RunAsync(pool.Process, LoadKind.New.Against(pool.Port, 1), Signal.Terminate, Limit);
        Assert.True(stop.IsClean, $"{stop}\n{pool.Process.Error}");
        Assert.All(first.Concat(second).Concat(third), worker => Assert.False(IsGroupAlive(worker.Pid), $"Processes of the group {worker.Pid} are left"));
        await Raw.RefusedAsync(pool.Target);
    }

    /// <summary>Clients with a connection for each request: a kept one that is idle is cut by most servers when they stop.</summary>
    static async Task<LoadResult> UnderLoadAsync(PoolProcess pool, Func<Task> disturb)
    {
        await using var load = LoadGenerator.Start(LoadKind.New.Against(pool.Port, 1) with { Clients = 8, OnAfterRefused = true });
        await load.AnsweredAsync(8, Raw.Limit);
        await disturb();
        await load.AnsweredAsync(load.Answered + 8, Raw.Limit);
        return await load.StopAsync();
    }

    static bool BothReady(IReadOnlyList<PoolWorker> workers) => workers.Count == 2 && workers.All(worker => worker.State == "ready");

    internal static async Task<string[]> CommandAsync(string language, TempFolder folder)
    {
        var sources = Path.Combine(Build.RepositoryRoot, "tests", "ForeignServers");
        return language switch
        {
            "gunicorn" => [Need.Program("gunicorn"), "--chdir", sources, "app:app"],
            "Node" => [Need.Program("node"), Path.Combine(sources, "server.mjs")],
            _ => [await GoProgram.BuildAsync(Path.Combine(sources, "main.go"), folder)],
        };
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
