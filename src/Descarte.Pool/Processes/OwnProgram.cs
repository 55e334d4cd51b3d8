using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Descarte.Pool.Processes;

/// <summary>This program, as a command that starts it again.</summary>
static class OwnProgram
{
    // Read at once: when the file is replaced while we run, the system calls it "(deleted)".
    static readonly string Executable = Find();

    /// <summary>The executable; with the assembly behind it where that was started by <c>dotnet</c>.</summary>
    public static string[] Command() =>
        Path.GetFileNameWithoutExtension(Executable) == "dotnet" ? [Executable, Path.GetFullPath(Environment.GetCommandLineArgs()[0])] : [Executable];

    /// <summary>A link, where it was started by one of the same name: that is what an upgrade moves.</summary>
    static string Find()
    {
        var path = Environment.ProcessPath ?? throw new InvalidOperationException("The process has no path");
        var started = OperatingSystem.IsLinux() ? File.ReadAllText("/proc/self/cmdline").Split('\0')[0] : path;
        return started.Contains('/') && File.Exists(started) && Path.GetFileName(started) == Path.GetFileName(path) ? Path.GetFullPath(started) : path;
    }

    /// <summary>Becomes another program: the process id stays, and so do the inherited sockets.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="arguments">With the program's name first.</param>
    /// <returns>Only when it fails: why.</returns>
    public static unsafe string Become(string path, IReadOnlyList<string> arguments)
    {
        const int SigPipe = 13;

        // .NET ignores it, and that would outlive this program.
        _ = Libc.SetSignal(SigPipe, 0);
        using var vector = new StringVector(arguments);
        using var environment = new StringVector(WorkerEnvironment.Lines());
        _ = Libc.Execve(path, vector.Pointers, environment.Pointers);
        return new Win32Exception(Marshal.GetLastPInvokeError()).Message;
    }
}
