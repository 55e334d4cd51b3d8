using System.Globalization;

namespace Descarte.Pool.Listening;

/// <summary>Which process listens on a port, as far as this user may see: the socket's inode in /proc/net/tcp, and who has it open.</summary>
static class PortOwner
{
    static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <returns>"pid 812 (nginx)", or null when it cannot be known.</returns>
    public static string? Of(int port)
    {
        try
        {
            var inodes = Tables.Where(File.Exists).SelectMany(table => Inodes(table, port)).ToHashSet();
            return inodes.Count == 0 ? null : Directory.EnumerateDirectories("/proc").Where(IsProcess).FirstOrDefault(process => HasOpen(process, inodes)) is { } owner
                ? $"pid {Path.GetFileName(owner)} ({File.ReadAllText(Path.Combine(owner, "comm")).Trim()})"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static bool IsProcess(string folder) => int.TryParse(Path.GetFileName(folder), out _);

    // "0: 0100007F:1388 00000000:0000 0A ... inode": local address, remote address, state (0A is LISTEN), and more; inode is the tenth.
    static IEnumerable<string> Inodes(string table, int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return File.ReadLines(table).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == "0A" && fields[1].EndsWith(suffix, StringComparison.Ordinal))
            .Select(fields => $"socket:[{fields[9]}]");
    }

    static bool HasOpen(string process, HashSet<string> inodes)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(process, "fd")).Any(link => new FileInfo(link).LinkTarget is { } target && inodes.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
