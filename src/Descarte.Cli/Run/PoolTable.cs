using Descarte.Pool.Control;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Descarte.Cli.Run;

/// <summary>Pools and their workers as a table for people.</summary>
static class PoolTable
{
    public static IRenderable Of(IReadOnlyList<PoolStatus> pools)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var title in new[] { "POOL", "WORKER", "PID", "STATE", "UPTIME", "RESTARTS", "RSS", "CPU", "HEARTBEAT", "STATUS" })
        {
            table.AddColumn(new TableColumn(new Text(title)).NoWrap());
        }

        foreach (var pool in pools)
        {
            Row(table, pool.Name, "-", $"{pool.Pid}", pool.Phase, Time(pool.UptimeSeconds), "", "", "", "", string.Join(", ", pool.Listen));
            foreach (var worker in pool.Workers)
            {
                Row(
                    table, pool.Name, $"{worker.Worker}", $"{worker.Pid}", worker.State, Time(worker.UptimeSeconds), $"{worker.Restarts}",
                    $"{worker.ResidentBytes / 1_048_576.0:0.0} MiB", $"{worker.CpuPercent:0.0} %",
                    worker.HeartbeatSeconds is { } heartbeat ? $"{heartbeat:0.0} s ago" : "-", worker.Status);
            }
        }

        return table;
    }

    /// <summary>As plain text: what a worker says of itself is no markup.</summary>
    static void Row(Table table, params string[] cells) => table.AddRow(cells.Select(cell => new Text(cell)));

    static string Time(double seconds) => TimeSpan.FromSeconds(seconds) switch
    {
        { TotalDays: >= 1 } time => $"{time.TotalDays:0.0} d",
        { TotalHours: >= 1 } time => $"{time.TotalHours:0.0} h",
        { TotalMinutes: >= 1 } time => $"{time.TotalMinutes:0.0} min",
        var time => $"{time.TotalSeconds:0.0} s",
    };
}
