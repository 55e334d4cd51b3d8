using System.Runtime.Versioning;
using Descarte.Pool;
using Descarte.Pool.Processes;
using Microsoft.Extensions.Hosting;

namespace Descarte;

/// <summary>Serves an application from several processes behind one listening socket.</summary>
public static class ProcessPool
{
    // They name an address that the worker does not listen on itself: its sockets are there already.
    static readonly string[] AddressVariables =
        ["ASPNETCORE_URLS", "DOTNET_URLS", "URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "HTTP_PORTS", "HTTPS_PORTS", "PORT"];

    /// <summary>
    /// The whole of a program's <c>Main</c>. The process that the user starts becomes the supervisor: it binds the
    /// sockets, starts this same program again for each worker, replaces those that die, hang or outgrow their limits,
    /// and restarts them one by one on SIGHUP. A worker builds the application and serves on the inherited sockets.
    /// </summary>
    /// <param name="args">The program's arguments; workers get the same.</param>
    /// <param name="buildApp">
    /// Builds the application, in workers only. It has to listen on what LISTEN_FDS hands over, as
    /// <c>AddGracefulDrain</c> (Descarte.AspNetCore) and <c>UseSystemd</c> do.
    /// </param>
    /// <param name="configure">Sets options; called in the supervisor only.</param>
    /// <returns>
    /// The exit code: 0 when all workers left by themselves, 137 when one had to be killed, 3 when none could ever
    /// start (or 78, EX_CONFIG, where the worker said so itself); 78 or 2 for a mistake in the settings or the options, told in one line on standard error.
    /// </returns>
    /// <remarks>
    /// Where there is no such thing as an inherited socket (Windows), with <c>WEB_CONCURRENCY=0</c>, and in a worker of
    /// <c>descarte run</c>, the application is served by this one process. Protocol: sd_listen_fds(3), sd_notify(3).
    /// </remarks>
    public static Task<int> RunAsync(string[] args, Func<string[], IHost> buildApp, Action<ProcessPoolOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(buildApp);
        if (OperatingSystem.IsWindows())
        {
            Console.Error.WriteLine("info: pool: Windows hands no socket down to a child process: serving from this one process");
            return ServeAsync(args, buildApp);
        }

        if (WorkerEnvironment.Adopt())
        {
            return ServeAsync(WithoutAddresses(args), buildApp);
        }

        // Whoever deploys it has the last word, and one process need not read what only a supervisor needs.
        return Environment.GetEnvironmentVariable(PoolPlanner.Concurrency) == "0"
            ? ServeAsync(args, buildApp)
            : SuperviseAsync(args, buildApp, configure);
    }

    [UnsupportedOSPlatform("windows")]
    static Task<int> SuperviseAsync(string[] args, Func<string[], IHost> buildApp, Action<ProcessPoolOptions>? configure)
    {
        var options = new ProcessPoolOptions();
        configure?.Invoke(options);
        PoolPlan plan;
        try
        {
            var workers = PoolPlanner.Workers(options, Environment.GetEnvironmentVariable);
            if (workers == 0)
            {
                return ServeAsync(args, buildApp);
            }

            plan = Plan(options, args, workers);
        }
        catch (PoolException e)
        {
            Console.Error.WriteLine(e.Message);
            return Task.FromResult(e.ExitCode);
        }

        return PoolRunner.RunAsync(plan);
    }

    static async Task<int> ServeAsync(string[] args, Func<string[], IHost> buildApp)
    {
        var app = buildApp(args);
        try
        {
            await app.StartAsync();

            // One that is not of Descarte's drain, which says so itself, would never say that it is ready.
            using (var notify = NotifySocket.FromEnvironment())
            {
                notify?.Send("READY=1");
            }

            await app.WaitForShutdownAsync();
        }
        finally
        {
            await DisposeAsync(app);
        }

        return Environment.ExitCode;
    }

    static async ValueTask DisposeAsync(IHost app)
    {
        if (app is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            app.Dispose();
        }
    }

    [UnsupportedOSPlatform("windows")]
    static PoolPlan Plan(ProcessPoolOptions options, string[] args, int workers)
    {
        var (addresses, origin) = PoolPlanner.Listen(options, args, Environment.GetEnvironmentVariable);
        var itself = OwnProgram.Command();
        return new PoolPlan
        {
            Name = PoolPlanner.Name(options.Name),
            DefaultName = PoolPlanner.DefaultName(itself[^1]),
            Path = itself[0],
            Arguments = [.. itself, .. args],
            Rules = PoolPlanner.Rules(options, workers) with { WorkersSpeak = true },
            Listen = addresses,
            ListenOrigin = origin,
        };
    }

    static string[] WithoutAddresses(string[] args)
    {
        if (Environment.GetEnvironmentVariable("LISTEN_FDS") is null)
        {
            return args;
        }

        foreach (var variable in AddressVariables)
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        return [.. args.Where((argument, index) =>
            argument != "--urls" && !argument.StartsWith("--urls=", StringComparison.Ordinal) && (index == 0 || args[index - 1] != "--urls"))];
    }
}
