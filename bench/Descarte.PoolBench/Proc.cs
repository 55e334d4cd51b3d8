using System.Globalization;

namespace Descarte.PoolBench;

/// <summary>What Linux knows of a process: proc(5).</summary>
static class Proc
{
    public static double ResidentMebibytes(int process) => Field($"/proc/{process}/status", "VmRSS:") / 1024.0;

    /// <summary>Memory that is this process's alone, and its share of what it has in common with others.</summary>
    public static double ProportionalMebibytes(int process) => Field($"/proc/{process}/smaps_rollup", "Pss:") / 1024.0;

    /// <summary>Of all threads, to the nanosecond, which /proc/PID/stat is not.</summary>
    public static TimeSpan ProcessorTime(int process) =>
        TimeSpan.FromTicks(Tasks(process).Sum(task => long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture)) / 100);

    /// <summary>How often a thread has gone to sleep, and so was woken.</summary>
    public static long WakeUps(int process) => Tasks(process).Sum(task => Field(Path.Combine(task, "status"), "voluntary_ctxt_switches:"));

    public static IReadOnlyList<int> ChildrenOf(int process) =>
    [
        .. Tasks(process).SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture)),
    ];

    /// <summary>Runnable threads on the whole machine, as an average of the last minute: how busy it was.</summary>
    public static string LoadAverage => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    static string[] Tasks(int process) => Directory.GetDirectories($"/proc/{process}/task");

    static long Field(string file, string name) => long.Parse(
        File.ReadLines(file).First(line => line.StartsWith(name, StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
