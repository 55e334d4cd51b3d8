using System.Globalization;

namespace Descarte.Pool.Processes;

/// <summary>Memory and processor time of a process group.</summary>
readonly record struct GroupUsage(long ResidentBytes, TimeSpan Processor)
{
    public static GroupUsage operator +(GroupUsage a, GroupUsage b) => new(a.ResidentBytes + b.ResidentBytes, a.Processor + b.Processor);
}

/// <summary>What the system knows of processes: /proc/PID/stat, see proc_pid_stat(5). Empty where there is no /proc.</summary>
static class ProcessTable
{
    /// <summary>USER_HZ, which is 100 wherever Linux runs .NET.</summary>
    const double TicksPerSecond = 100;

    /// <summary>By the id of the group.</summary>
    public static Dictionary<int, GroupUsage> UsageByGroup()
    {
        var groups = new Dictionary<int, GroupUsage>();
        foreach (var (_, fields) in All())
        {
            var group = int.Parse(fields[2], CultureInfo.InvariantCulture);
            var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            var pages = long.Parse(fields[21], CultureInfo.InvariantCulture);
            groups[group] = groups.GetValueOrDefault(group) + new GroupUsage(pages * Environment.SystemPageSize, TimeSpan.FromSeconds(ticks / TicksPerSecond));
        }

        return groups;
    }

    public static IEnumerable<int> ChildrenOf(int process) =>
        All().Where(entry => entry.Fields[1] == process.ToString(CultureInfo.InvariantCulture) && entry.Fields[0] != "Z").Select(entry => entry.Process);

    /// <summary>The fields after the name, which may hold anything: state, parent, group, …</summary>
    static IEnumerable<(int Process, string[] Fields)> All()
    {
        if (!Directory.Exists("/proc/self"))
        {
            yield break;
        }

        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process)
                && Stat(folder) is { } stat && stat.LastIndexOf(')') is > 0 and var end)
            {
                yield return (process, stat[(end + 2)..].Split(' '));
            }
        }
    }

    static string? Stat(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has just ended.
            return null;
        }
    }
}
