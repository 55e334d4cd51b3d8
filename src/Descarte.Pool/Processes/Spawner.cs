using System.ComponentModel;

namespace Descarte.Pool.Processes;

/// <summary>What a new process starts with.</summary>
/// <param name="Path">The program's file.</param>
/// <param name="Arguments">With the program's own name as the first.</param>
/// <param name="Environment">Lines of <c>NAME=value</c>.</param>
/// <param name="WorkingDirectory">Null for that of the supervisor.</param>
/// <param name="Descriptors">Descriptors of this process that become 1, 2, 3 and so on in the new one; 0 is /dev/null.</param>
sealed record SpawnRequest(
    string Path, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment, string? WorkingDirectory, IReadOnlyList<int> Descriptors);

/// <summary>
/// Starts processes with posix_spawn(3), which does what <see cref="System.Diagnostics.Process"/> cannot: hand over
/// chosen descriptors and none that this process has opened itself, in a process group of the child's own, with the default for every signal.
/// </summary>
static unsafe class Spawner
{
    /// <summary>Descriptors to hand over are kept from here up, out of the way of those that they become.</summary>
    public const int FirstSafeDescriptor = 64;

    /// <summary>Sockets that a worker can get: the descriptors from 3 on that stay below.</summary>
    public const int MostSockets = FirstSafeDescriptor - 3;

    // Larger than any libc's posix_spawnattr_t (336 bytes in glibc), posix_spawn_file_actions_t (80) and sigset_t (128).
    const int RoomForOpaque = 512;

    const int SigStop = 19;

    /// <returns>The process id, which is also the id of its group.</returns>
    /// <exception cref="Win32Exception">The system refuses: no such file, not executable, no process left to be had.</exception>
    public static int Start(SpawnRequest request)
    {
        var attributes = stackalloc byte[RoomForOpaque];
        var actions = stackalloc byte[RoomForOpaque];
        Check(Libc.SpawnAttributesInit(attributes));
        Check(Libc.FileActionsInit(actions));
        try
        {
            SetAttributes(attributes);
            SetActions(actions, request);
            using var arguments = new StringVector(request.Arguments);
            using var environment = new StringVector(request.Environment);
            Check(Libc.PosixSpawn(out var process, request.Path, actions, attributes, arguments.Pointers, environment.Pointers));
            return process;
        }
        finally
        {
            _ = Libc.FileActionsDestroy(actions);
            _ = Libc.SpawnAttributesDestroy(attributes);
        }
    }

    static void SetAttributes(byte* attributes)
    {
        var signals = stackalloc byte[RoomForOpaque];
        Check(Libc.SpawnAttributesSetFlags(attributes, Libc.SpawnSetProcessGroup | Libc.SpawnSetSignalDefault | Libc.SpawnSetSignalMask));
        Check(Libc.SpawnAttributesSetProcessGroup(attributes, 0));

        // .NET ignores SIGPIPE, and whoever started the supervisor in the background may have ignored SIGINT.
        _ = Libc.SignalSetFill(signals);
        _ = Libc.SignalSetRemove(signals, Libc.SigKill);
        _ = Libc.SignalSetRemove(signals, SigStop);
        Check(Libc.SpawnAttributesSetSignalDefault(attributes, signals));
        _ = Libc.SignalSetEmpty(signals);
        Check(Libc.SpawnAttributesSetSignalMask(attributes, signals));
    }

    static void SetActions(byte* actions, SpawnRequest request)
    {
        Check(Libc.FileActionsOpen(actions, 0, "/dev/null", 0, 0));
        for (var index = 0; index < request.Descriptors.Count; index++)
        {
            Check(Libc.FileActionsDuplicate(actions, request.Descriptors[index], index + 1));
        }

        if (request.WorkingDirectory is { } directory)
        {
            Check(Libc.FileActionsChangeDirectory(actions, directory));
        }
    }

    static void Check(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }
}
