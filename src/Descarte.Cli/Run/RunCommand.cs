using System.CommandLine;
using System.Runtime.Versioning;
using Descarte.Pool;
using Descarte.Pool.Listening;
using Descarte.Pool.Processes;

namespace Descarte.Cli.Run;

/// <summary><c>descarte run --listen http://127.0.0.1:5000 -n 4 -- ./Hits</c></summary>
[UnsupportedOSPlatform("windows")]
static class RunCommand
{
    /// <param name="command">The program and its arguments: what stood behind <c>--</c>.</param>
    public static Command Create(string[] command)
    {
        var defaults = new ProcessPoolOptions();
        var listen = new Option<string[]>("--listen", "-l") { Description = "Address to listen on: http://127.0.0.1:5000, :5000 for every interface, unix:/run/app.sock; may be repeated" };
        var workers = new Option<string>("--workers", "-n") { Description = "Worker processes, or auto for one a processor (default: WEB_CONCURRENCY, or 2)" };
        var name = new Option<string?>("--name") { Description = "The pool's name (default: the program's)" };
        var timeout = Durations.Option("--timeout", "-t", "Grace period between SIGTERM and SIGKILL", defaults.GracePeriod);
        var watchdog = Durations.Option("--watchdog", null, "A worker that fed its watchdog and is silent for so long is replaced, as is a suspended one", defaults.Watchdog);
        var bootTimeout = Durations.Option("--boot-timeout", null, "A worker that is not ready after so long is replaced", defaults.BootTimeout);
        var readyAfter = Durations.Option("--ready-after", null, "A worker that does not speak the notify protocol counts as ready after so long", defaults.ReadyAfter);
        var maxAge = Durations.Option("--max-age", null, "A worker older than this is replaced (default: never)", null);
        var maxMemory = Sizes.Option("--max-memory", "A worker whose process group has more resident memory than this is replaced: 300M, 2G (default: no limit)");
        var remove = new Option<bool>("--rm") { Description = "Give the pool a working directory of its own, and delete it at the end" };
        var json = new Option<bool>("--json-log") { Description = "Write the pool's own log events as JSON" };

        var run = new Command("run", "Serves a program from several processes behind one socket, and replaces the defective ones: descarte run [options] -- PROGRAM [ARGUMENT...]")
        {
            listen, workers, name, timeout, watchdog, bootTimeout, readyAfter, maxAge, maxMemory, remove, json,
        };
        run.SetAction(parsed =>
        {
            if (command.Length == 0)
            {
                throw new PoolException("run: no program to run; give it and its arguments after --, as in: descarte run -n 4 -- ./app", PoolException.Usage);
            }

            var options = new ProcessPoolOptions
            {
                Workers = parsed.GetValue(workers) is { } given ? PoolPlanner.ParseWorkers(given, "-n", least: 1) : null,
                Name = parsed.GetValue(name),
                GracePeriod = parsed.GetValue(timeout) ?? defaults.GracePeriod,
                Watchdog = parsed.GetValue(watchdog) ?? defaults.Watchdog,
                BootTimeout = parsed.GetValue(bootTimeout) ?? defaults.BootTimeout,
                ReadyAfter = parsed.GetValue(readyAfter) ?? defaults.ReadyAfter,
                MaxAge = parsed.GetValue(maxAge),
                MaxMemory = parsed.GetValue(maxMemory),
            };
            return PoolRunner.Run(Plan(options, parsed.GetValue(listen) ?? [], command) with
            {
                Remove = parsed.GetValue(remove),
                JsonLog = parsed.GetValue(json),
            });
        });
        return run;
    }

    static PoolPlan Plan(ProcessPoolOptions options, string[] listen, string[] command)
    {
        var program = ProgramFile.Find(command[0]);
        var itself = OwnProgram.Command();
        return new PoolPlan
        {
            Name = PoolPlanner.Name(options.Name),
            DefaultName = PoolPlanner.DefaultName(command[0]),
            Path = itself[0],
            Arguments = [.. itself, ExecWorker.Verb, program, .. command],
            Rules = PoolPlanner.Rules(options, Math.Max(1, PoolPlanner.Workers(options, Environment.GetEnvironmentVariable)), Spelled),
            Listen = [.. listen.Select(ListenAddress.Parse)],
        };
    }

    /// <summary>An option of the pool as it is written on the command line.</summary>
    static string Spelled(string option) => option switch
    {
        nameof(ProcessPoolOptions.GracePeriod) => "--timeout",
        nameof(ProcessPoolOptions.Watchdog) => "--watchdog",
        nameof(ProcessPoolOptions.BootTimeout) => "--boot-timeout",
        nameof(ProcessPoolOptions.ReadyAfter) => "--ready-after",
        nameof(ProcessPoolOptions.MaxAge) => "--max-age",
        nameof(ProcessPoolOptions.MaxMemory) => "--max-memory",
        _ => option,
    };
}
