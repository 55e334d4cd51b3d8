using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Descarte;

/// <summary>Ends this process, whatever hangs.</summary>
static partial class ProcessExit
{
    /// <param name="code">The exit code.</param>
    /// <param name="handlersMayTake">Environment.Exit waits for every ProcessExit handler, and any of them may hang: after this time the process ends without them.</param>
    public static void Now(int code, TimeSpan handlersMayTake)
    {
        var polite = new Thread(() => Environment.Exit(code)) { IsBackground = true, Name = "drain: exit" };
        polite.Start();
        polite.Join(handlersMayTake);
        if (OperatingSystem.IsWindows())
        {
            Process.GetCurrentProcess().Kill();
        }
        else
        {
            Exit(code);
        }
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
