using System.CommandLine;
using System.Runtime.Versioning;
using System.Text.Json;
using Descarte.Pool.Control;
using Spectre.Console;

namespace Descarte.Cli.Run;

/// <summary><c>descarte ps [--watch] [--json] [pool]</c></summary>
[UnsupportedOSPlatform("windows")]
static class PsCommand
{
    const int WideEnough = 500;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var pool = PoolArgument.Create();
        var watch = new Option<bool>("--watch", "-w") { Description = "Draw it again each second" };
        var json = new Option<bool>("--json") { Description = "For scripts" };
        var ps = new Command("ps", "Shows the workers of the pools that are running.") { pool, watch, json };
        ps.SetAction(async (parsed, cancellation) =>
        {
            var name = parsed.GetValue(pool);
            if (Console.IsOutputRedirected)
            {
                // There is no edge that a line would have to end at.
                AnsiConsole.Profile.Width = WideEnough;
            }

            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(await AskAsync(name, cancellation), ControlJson.Default.IReadOnlyListPoolStatus));
            }
            else if (parsed.GetValue(watch))
            {
                await WatchAsync(name, cancellation);
            }
            else
            {
                AnsiConsole.Write(PoolTable.Of(await AskAsync(name, cancellation)));
            }

            return 0;
        });
        return ps;
    }

    static async Task<IReadOnlyList<PoolStatus>> AskAsync(string? name, CancellationToken cancellation)
    {
        if (name is not null)
        {
            return [await AskOneAsync(PoolClient.Find(name), cancellation)];
        }

        var pools = new List<PoolStatus>();
        foreach (var folder in PoolClient.Running())
        {
            try
            {
                pools.Add(await AskOneAsync(folder, cancellation));
            }
            catch (PoolException)
            {
                // It has just ended, or is stuck; the others are shown all the same.
            }
        }

        return pools;
    }

    static async Task<PoolStatus> AskOneAsync(string folder, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            return (await PoolClient.AskAsync(folder, new ControlRequest("ps"), limit.Token)).Pool!;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new PoolException($"The pool '{Path.GetFileName(folder)}' has not answered in {Patience.TotalSeconds:0} s; its supervisor may be suspended", 1);
        }
    }

    static Task WatchAsync(string? name, CancellationToken cancellation) => AnsiConsole.Live(new Text("")).StartAsync(async screen =>
    {
        while (!cancellation.IsCancellationRequested)
        {
            screen.UpdateTarget(PoolTable.Of(await AskAsync(name, cancellation)));
            await Task.Delay(Period, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    });
}
