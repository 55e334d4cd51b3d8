using Descarte.Pool.Processes;

namespace Descarte.Cli.Run;

/// <summary>
/// The moment between the fork and the program: this process takes LISTEN_PID for its own, asks to be told when the
/// supervisor dies, and becomes the program. No shell stands between an argument and a process.
/// </summary>
static class ExecWorker
{
    public const string Verb = "exec-worker";

    /// <param name="command">The program's file, and its arguments with its name first.</param>
    public static int Run(string[] command)
    {
        if (command.Length < 2 || OperatingSystem.IsWindows() || !WorkerEnvironment.Adopt())
        {
            Console.Error.WriteLine($"descarte: {Verb} is for the supervisor of a pool alone");
            return PoolException.Usage;
        }

        var failure = OwnProgram.Become(command[0], command[1..]);
        Console.Error.WriteLine($"descarte: {command[0]}: {failure}");
        return ProgramFile.NotExecutable;
    }
}
