using System.CommandLine;
using Descarte;
using Descarte.Cli;
using Descarte.Cli.Prove;
using Descarte.Cli.Run;
using Descarte.Pool.Processes;

// Before anything else: this is on the way of every start of a worker.
if (args is [ExecWorker.Verb, ..])
{
    return ExecWorker.Run(args[1..]);
}

if (OperatingSystem.IsWindows())
{
    Console.Error.WriteLine("descarte: runs on Linux and macOS; on Windows a .NET program with ProcessPool.RunAsync serves from one process");
    return PoolException.Usage;
}

// What stands behind -- is another program's business.
var (own, program) = Array.IndexOf(args, "--") is var dashes and >= 0 ? (args[..dashes], args[(dashes + 1)..]) : (args, []);
var root = new RootCommand("Makes services disposable: runs them as a pool of processes behind one socket, and proves that they can be thrown away.")
{
    RunCommand.Create(program), PsCommand.Create(), StopCommand.Create(), RestartCommand.Create(), ScaleCommand.Create(), LogsCommand.Create(),
    ProveCommand.Create(program), ClausesCommand.Create(),
};
return await CommandRunner.RunAsync(root, own);
