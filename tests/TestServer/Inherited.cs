using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TestServer;

/// <summary>
/// Becomes another behaviour that was handed a listening socket, as a service manager does it (sd_listen_fds(3)): the
/// descriptor becomes 3, and <c>LISTEN_PID</c> names the process, which stays the same.
/// </summary>
static partial class Inherited
{
    public static Task RunAsync(string[] args)
    {
        if (args is not [var descriptor, .. var behaviour])
        {
            throw new ArgumentException("inherited DESCRIPTOR BEHAVIOUR [host options]");
        }

        // The runtime may use descriptor 3 for something of its own, which the new program does not need.
        _ = Dup2(int.Parse(descriptor, CultureInfo.InvariantCulture), 3);
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => variable.Key is not ("LISTEN_PID" or "LISTEN_FDS"))
            .Select(variable => $"{variable.Key}={variable.Value}");
        Execve(
            Environment.ProcessPath!,
            [.. Command.OfThisProgram, .. behaviour, null],
            [.. variables, $"LISTEN_PID={Environment.ProcessId}", "LISTEN_FDS=1", null]);
        throw new InvalidOperationException($"execve failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Dup2(int descriptor, int becomes);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execve(string path, string?[] arguments, string?[] environment);
}
