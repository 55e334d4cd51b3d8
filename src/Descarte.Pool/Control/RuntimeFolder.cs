using System.Runtime.Versioning;
using System.Text;
using Descarte.Pool.Processes;

namespace Descarte.Pool.Control;

/// <summary>Where the pools of a user keep their sockets: a folder that nobody else may enter.</summary>
[UnsupportedOSPlatform("windows")]
static class RuntimeFolder
{
    const UnixFileMode OnlyUs = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// The candidates in order. XDG_RUNTIME_DIR is the user's own (XDG base directory specification); /run is root's;
    /// the folders that everybody may write to come last, and a container without any other often has /dev/shm.
    /// </summary>
    /// <param name="runtime">XDG_RUNTIME_DIR.</param>
    /// <param name="user">The effective user id.</param>
    internal static IReadOnlyList<string> Candidates(string? runtime, uint user)
    {
        string[] usual =
        [
            user == 0 ? "/run/descarte" : $"/run/user/{user}/descarte",
            Path.Combine(Path.GetTempPath(), $"descarte-{user}"),
            $"/dev/shm/descarte-{user}",
        ];

        // Who has logged in has the second one for the first: a pool must not be found twice.
        return runtime is { Length: > 0 } ? [.. usual.Prepend(Path.Combine(runtime, "descarte")).Distinct(StringComparer.Ordinal)] : usual;
    }

    static IReadOnlyList<string> Candidates() => Candidates(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR"), Libc.GetEffectiveUserId());

    /// <summary>The first that can be used for a pool of that name, made if need be; null where there is none.</summary>
    public static string? Make(string name) => Candidates().FirstOrDefault(folder => HasRoom(folder, name) && TryMake(folder));

    /// <summary>A socket's path has room for little more than a hundred bytes: sun_path of unix(7), less its zero.</summary>
    internal static bool HasRoom(string folder, string name) =>
        Encoding.UTF8.GetByteCount(PoolFolder.NotifySocketIn(Path.Combine(folder, name), int.MaxValue)) <= (OperatingSystem.IsLinux() ? 107 : 103);

    /// <summary>The folders of pools, running or dead, by name.</summary>
    public static IEnumerable<string> Pools() => Candidates().Where(IsOurs).SelectMany(Directory.EnumerateDirectories).Order(StringComparer.Ordinal);

    static bool TryMake(string folder)
    {
        try
        {
            if (!Directory.Exists(Path.GetDirectoryName(folder)))
            {
                return false;
            }

            Directory.CreateDirectory(folder, OnlyUs);
            if (!IsOurs(folder))
            {
                return false;
            }

            var probe = Path.Combine(folder, $".{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static bool IsOurs(string folder) =>
        new DirectoryInfo(folder) is { Exists: true, LinkTarget: null }
        && File.GetUnixFileMode(folder) == OnlyUs
        && Libc.OwnerOf(folder) is var owner && (owner is null || owner == Libc.GetEffectiveUserId());
}
