using System.Runtime.InteropServices;

namespace Descarte.Pool.Processes;

/// <summary>The calls that .NET has no door to. Numbers are those of Linux on x86 and Arm unless they say otherwise.</summary>
static unsafe partial class Libc
{
    public const int SigKill = 9;
    public const int SigTerm = 15;

    /// <summary>SIGCHLD; macOS has another number.</summary>
    public static readonly int SigChild = OperatingSystem.IsMacOS() ? 20 : 17;

    /// <summary>EINTR.</summary>
    public const int Interrupted = 4;

    /// <summary>EAGAIN; macOS has another number.</summary>
    public static readonly int TryAgain = OperatingSystem.IsMacOS() ? 35 : 11;

    public const int WaitNoHang = 1;
    public const int WaitUntraced = 2;

    /// <summary>WCONTINUED; macOS has another number.</summary>
    public static readonly int WaitContinued = OperatingSystem.IsMacOS() ? 0x10 : 8;

    public const int SpawnSetProcessGroup = 0x02;
    public const int SpawnSetSignalDefault = 0x04;
    public const int SpawnSetSignalMask = 0x08;

    /// <summary>F_DUPFD_CLOEXEC.</summary>
    static readonly int DuplicateCloseOnExec = OperatingSystem.IsMacOS() ? 67 : 1030;

    const int AllChildren = 0;
    const int WaitExited = 4;
    const int WaitNoReap = 0x01000000;
    const int SignalInformationSize = 128;
    const int SetParentDeathSignal = 1;
    const int SetChildSubreaper = 36;
    const int SetDescriptorFlags = 2;
    const int CloseOnExec = 1;

    /// <summary>A second descriptor of the same file, at <paramref name="atLeast"/> or above, closed on exec.</summary>
    public static int Duplicate(int descriptor, int atLeast) => Fcntl(descriptor, DuplicateCloseOnExec, atLeast);

    public static void KeepFromChildren(int descriptor) => _ = Fcntl(descriptor, SetDescriptorFlags, CloseOnExec);

    /// <summary>Asks Linux for a signal when the thread that started this process has ended; elsewhere nothing asks for it.</summary>
    public static void SignalOnParentDeath(int signal) => _ = OperatingSystem.IsLinux() ? Prctl(SetParentDeathSignal, signal, 0, 0, 0) : 0;

    /// <summary>Orphans below this process become its children instead of those of process 1.</summary>
    public static void AdoptOrphans() => _ = OperatingSystem.IsLinux() ? Prctl(SetChildSubreaper, 1, 0, 0, 0) : 0;

    /// <summary>Waits until there is something for <see cref="WaitPid"/> to tell, and leaves it there. Linux only.</summary>
    /// <returns>False when there is no child.</returns>
    public static bool WaitForChild()
    {
        var information = stackalloc byte[SignalInformationSize];
        int result;
        do
        {
            result = WaitId(AllChildren, 0, information, WaitExited | WaitUntraced | WaitContinued | WaitNoReap);
        }
        while (result != 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return result == 0;
    }

    /// <summary>Whether it is a terminal, and one that has not hung up.</summary>
    public static bool IsTerminal(int descriptor) => IsATty(descriptor) == 1;

    /// <summary>The user whose file it is, from statx(2), whose layout is the same on every architecture; null where nothing tells.</summary>
    public static uint? OwnerOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        const int AtFdCwd = -100;
        const int SymlinkNoFollow = 0x100;
        const uint BasicStats = 0x7ff;
        const int OwnerOffset = 20;
        Span<byte> statx = stackalloc byte[256];
        fixed (byte* buffer = statx)
        {
            return Statx(AtFdCwd, path, SymlinkNoFollow, BasicStats, buffer) == 0 ? BitConverter.ToUInt32(statx[OwnerOffset..]) : null;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsATty(int descriptor);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int process, out int status, int options);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static partial int WaitId(int kind, int process, byte* information, int options);

    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int GetParentProcessId();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "pipe", SetLastError = true)]
    public static partial int Pipe(int* descriptors);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Execve(string path, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int PosixSpawn(out int process, string path, void* fileActions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static partial int SpawnAttributesInit(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static partial int SpawnAttributesDestroy(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SpawnAttributesSetFlags(void* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setpgroup")]
    public static partial int SpawnAttributesSetProcessGroup(void* attributes, int group);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SpawnAttributesSetSignalDefault(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SpawnAttributesSetSignalMask(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int FileActionsInit(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int FileActionsDestroy(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int FileActionsDuplicate(void* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FileActionsOpen(void* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FileActionsChangeDirectory(void* actions, string path);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    public static partial int SignalSetEmpty(void* signals);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    public static partial int SignalSetFill(void* signals);

    [LibraryImport("libc", EntryPoint = "sigdelset")]
    public static partial int SignalSetRemove(void* signals, int signal);

    /// <summary>signal(2); null stands for SIG_DFL.</summary>
    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    public static partial nint SetSignal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Prctl(int option, nint argument2, nint argument3, nint argument4, nint argument5);
}

/// <summary>struct pollfd of poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
struct PollDescriptor
{
    public const short Input = 1;
    public const short Output = 4;

    public int Descriptor;
    public short Events;
    public short Results;
}
