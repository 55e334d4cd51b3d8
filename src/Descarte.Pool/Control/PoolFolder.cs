using System.Runtime.Versioning;

namespace Descarte.Pool.Control;

/// <summary>
/// What one pool keeps while it runs: a locked file that says that it does, its control socket, and the sockets on which
/// it hears its workers. A lock ends with its process, so what a killed pool left behind is nobody's.
/// </summary>
[UnsupportedOSPlatform("windows")]
sealed class PoolFolder : IDisposable
{
    readonly string _path;
    readonly FileStream _lock;

    PoolFolder(string path, FileStream @lock) => (_path, _lock) = (path, @lock);

    public string Name => Path.GetFileName(_path);

    /// <summary>False when somebody has taken it away: a folder for the time of a login is removed with it.</summary>
    public bool IsThere => Directory.Exists(_path);

    public string ControlSocket => ControlSocketIn(_path);

    public static string ControlSocketIn(string folder) => Path.Combine(folder, "control");

    public string NotifySocket(int worker) => NotifySocketIn(_path, worker);

    public static string NotifySocketIn(string folder, int worker) => Path.Combine(folder, $"notify-{worker}");

    /// <summary>Takes the name for a pool.</summary>
    /// <param name="root">The user's folder.</param>
    /// <param name="name">Of the pool.</param>
    /// <returns>Null when a running pool has that name.</returns>
    public static PoolFolder? TryTake(string root, string name)
    {
        var path = Path.Combine(root, name);
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (TryLock(path, FileMode.OpenOrCreate) is not { } @lock)
        {
            return null;
        }

        foreach (var stale in Directory.EnumerateFiles(path).Where(file => Path.GetFileName(file) != "lock"))
        {
            File.Delete(stale);
        }

        File.WriteAllText(Path.Combine(path, "pid"), $"{Environment.ProcessId}\n");
        return new PoolFolder(path, @lock);
    }

    /// <summary>Whether the pool of a folder runs.</summary>
    public static bool IsAlive(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "lock")))
        {
            return false;
        }

        using var probe = TryLock(folder, FileMode.Open);
        return probe is null && File.Exists(Path.Combine(folder, "lock"));
    }

    /// <summary>Tries for a moment: whoever looks whether a pool runs holds the lock of a dead one meanwhile.</summary>
    static FileStream? TryLock(string folder, FileMode mode)
    {
        for (var tries = 0; tries < 5; tries++)
        {
            try
            {
                return new FileStream(Path.Combine(folder, "lock"), mode, FileAccess.ReadWrite, FileShare.None);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(5);
            }
        }

        return null;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next pool of that name clears it.
        }

        _lock.Dispose();
    }
}
