using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Descarte.Harness;

/// <summary>Signals as Linux numbers them (signal(7), x86 and Arm).</summary>
public enum Signal
{
    Hangup = 1,
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
    TerminalInput = 21,
    TerminalOutput = 22,
}

/// <summary>kill(2).</summary>
public static partial class Signals
{
    /// <exception cref="Win32Exception">No such process, or not ours.</exception>
    public static void Send(int processId, Signal signal)
    {
        if (Kill(processId, (int)signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
