using System.CommandLine;
using System.Globalization;
using System.Runtime.Versioning;
using Descarte.Pool.Control;

namespace Descarte.Cli.Run;

/// <summary>The argument that the verbs share.</summary>
static class PoolArgument
{
    public static Argument<string?> Create() => new("pool") { Description = "The pool's name; not needed where only one is running", Arity = ArgumentArity.ZeroOrOne };
}

/// <summary><c>descarte stop [-t 5] [pool]</c></summary>
[UnsupportedOSPlatform("windows")]
static class StopCommand
{
    public static Command Create()
    {
        var pool = PoolArgument.Create();
        var timeout = Durations.Option("--timeout", "-t", "Grace period in place of the pool's own", null);
        var stop = new Command("stop", "Stops a pool, and returns when it has gone.") { pool, timeout };
        stop.SetAction(async (parsed, cancellation) =>
        {
            var folder = PoolClient.Find(parsed.GetValue(pool));
            await PoolClient.AskAsync(folder, new ControlRequest("stop", TimeoutSeconds: parsed.GetValue(timeout)?.TotalSeconds), cancellation);
            return 0;
        });
        return stop;
    }
}

/// <summary><c>descarte restart [pool]</c></summary>
[UnsupportedOSPlatform("windows")]
static class RestartCommand
{
    public static Command Create()
    {
        var pool = PoolArgument.Create();
        var restart = new Command("restart", "Replaces the workers one at a time by what is on disk now, and returns when all are replaced.") { pool };
        restart.SetAction(async (parsed, cancellation) =>
        {
            await PoolClient.AskAsync(PoolClient.Find(parsed.GetValue(pool)), new ControlRequest("restart"), cancellation);
            return 0;
        });
        return restart;
    }
}

/// <summary><c>descarte scale 6 [pool]</c></summary>
[UnsupportedOSPlatform("windows")]
static class ScaleCommand
{
    public static Command Create()
    {
        var workers = new Argument<int>("workers") { Description = "How many", CustomParser = Numbers.Parser("workers") };
        var pool = PoolArgument.Create();
        var scale = new Command("scale", "Changes the number of workers.") { workers, pool };
        scale.SetAction(async (parsed, cancellation) =>
        {
            await PoolClient.AskAsync(PoolClient.Find(parsed.GetValue(pool)), new ControlRequest("scale", Workers: parsed.GetValue(workers)), cancellation);
            return 0;
        });
        return scale;
    }
}

/// <summary><c>descarte logs [-f] [pool]</c></summary>
[UnsupportedOSPlatform("windows")]
static class LogsCommand
{
    public static Command Create()
    {
        var pool = PoolArgument.Create();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with the lines to come" };
        var logs = new Command("logs", "Shows what the workers of a pool have written of late.") { pool, follow };
        logs.SetAction(async (parsed, cancellation) =>
        {
            await foreach (var answer in PoolClient.AskManyAsync(PoolClient.Find(parsed.GetValue(pool)), new ControlRequest("logs", Follow: parsed.GetValue(follow)), cancellation))
            {
                if (answer.Line is { } line)
                {
                    var who = line.Worker == 0 ? "pool     | " : string.Create(CultureInfo.InvariantCulture, $"worker {line.Worker} | ");
                    Console.Out.WriteLine(who + line.Text);
                }
            }

            return 0;
        });
        return logs;
    }
}
