using System.Runtime.Versioning;

namespace Descarte.Pool.Processes;

/// <summary>Finds the file of a command as a shell would, so that a slip is told before anything is started.</summary>
[UnsupportedOSPlatform("windows")]
static class ProgramFile
{
    /// <summary>Exit codes of a shell that cannot find, or not execute, a command.</summary>
    public const int NotFound = 127;
    public const int NotExecutable = 126;

    /// <exception cref="PoolException">There is none, or it is not executable.</exception>
    public static string Find(string command)
    {
        var candidates = command.Contains('/')
            ? [Path.GetFullPath(command)]
            : (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, command));
        var isThere = false;
        foreach (var candidate in candidates.Where(File.Exists))
        {
            isThere = true;
            if ((File.GetUnixFileMode(candidate) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0)
            {
                return candidate;
            }
        }

        throw isThere || (command.Contains('/') && Directory.Exists(command))
            ? new PoolException($"{command}: not executable; chmod +x it, or start it with its interpreter", NotExecutable)
            : new PoolException($"{command}: command not found; give its path, or put its folder into PATH", NotFound);
    }
}
