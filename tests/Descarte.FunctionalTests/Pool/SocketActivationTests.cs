using System.Globalization;
using Descarte.Conformance.Client;
using Descarte.Conformance.Load;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Pool;

/// <summary>Hits on a socket of systemd's: as one process, and as a supervisor that hands the socket on.</summary>
public class SocketActivationTests
{
    // A service manager keeps the socket while the service is started again; systemd-socket-activate alone would become the service.
    const string Manager = "while :; do sh -c 'export LISTEN_PID=$$; echo serving $$; exec \"$@\"' sh \"$@\"; echo ended with $?; done";

    [Theory(Timeout = 120_000)]
    [InlineData(0, ConnectionUse.New)]
    [InlineData(0, ConnectionUse.KeepAlive)]
    [InlineData(2, ConnectionUse.New)]
    [InlineData(2, ConnectionUse.KeepAlive)]
    public async Task A_stop_exits_with_0_and_leaves_the_door_open_for_the_successor(int workers, ConnectionUse use)
    {
        using var folder = new TempFolder();
        var target = Target.Loopback(FreePort.Next());
        await using var systemd = Activate(target, folder, workers);
        await Raw.ServesAsync(target, systemd);
        await using var load = LoadGenerator.Start(new LoadOptions { Target = target, Clients = 8, Use = use, AnswerTimeout = TimeSpan.FromSeconds(60) });
        for (var stop = 1; stop <= 2; stop++)
        {
            await load.AnsweredAsync(load.Answered + 50, Raw.Limit);
            Signals.Send(Serving(systemd)[^1], Signal.Terminate);
            while (Serving(systemd).Count <= stop)
            {
                await Task.Delay(5, Raw.Limit);
            }
        }

        await load.AnsweredAsync(load.Answered + 50, Raw.Limit);
        var seen = await load.StopAsync();
        Assert.Equal(["ended with 0", "ended with 0"], systemd.Output.Lines.Where(line => line.StartsWith("ended", StringComparison.Ordinal)));
        Assert.True(seen.Lost.Count == 0 && seen.Count(Outcome.Refused) == 0, $"{seen}\n{systemd.Output}\n{systemd.Error}");
        Assert.Equal(seen.Answered, seen.Numbers.Distinct().Count());
    }

    static ChildProcess Activate(Target target, TempFolder folder, int workers)
    {
        string[] command =
        [
            Need.Program("systemd-socket-activate"), "-l", target.Authority,

            // It hands on no variable that it is not told to.
            "-E", $"WEB_CONCURRENCY={workers}", "-E", $"HITS_DB={folder["hits.db"]}", "-E", $"XDG_RUNTIME_DIR={folder.FullName}",
            "sh", "-c", Manager, "sh", .. Build.Command("src/Hits", Flavor.Ordinary),
        ];
        return ChildProcess.Start(command, folder.FullName);
    }

    /// <summary>The processes that have been started, in order.</summary>
    static List<int> Serving(ChildProcess systemd) =>
        [.. systemd.Output.Lines.Where(line => line.StartsWith("serving ", StringComparison.Ordinal)).Select(line => int.Parse(line[8..], CultureInfo.InvariantCulture))];
}
