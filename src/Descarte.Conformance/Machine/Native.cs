using System.ComponentModel;
using System.Runtime.InteropServices;
using Descarte.Conformance.Subjects;

namespace Descarte.Conformance.Machine;

/// <summary>The system calls that .NET has no name for.</summary>
static partial class Native
{
    const int PidfdOpen = 434;
    const short PollIn = 1;
    const int NotPermitted = 1;
    const int NoSuchProcess = 3;
    const int Interrupted = 4;

    /// <returns>False when there is no such process.</returns>
    /// <exception cref="SubjectException">It belongs to another user.</exception>
    public static bool Send(int processId, Signal signal) => SendTo(processId, signal) switch
    {
        0 => true,
        NoSuchProcess => false,
        NotPermitted => throw new SubjectException(
            $"Process {processId} ({ProcessTable.Command(processId)}) belongs to another user and could not be signalled: end it, and run descarte as that user or as root"),
        var error => throw new Win32Exception(error),
    };

    /// <summary>As far as that is possible: for what has to be cleaned up.</summary>
    public static void TryKill(int processId) => _ = SendTo(processId, Signal.Kill);

    static int SendTo(int processId, Signal signal) => Kill(processId, (int)signal) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>A descriptor that becomes readable in the moment in which the process ends (pidfd_open(2)); negative when it has ended and was reaped.</summary>
    public static int OpenProcess(int processId) => (int)SystemCall(PidfdOpen, processId, 0);

    /// <summary>Blocks until the process of this descriptor has ended.</summary>
    public static void WaitForEnd(int descriptor)
    {
        var poll = new PollDescriptor { Descriptor = descriptor, Events = PollIn };
        while (Poll(ref poll, 1, -1) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long processId, long flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollDescriptor descriptors, ulong count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
