using Descarte.Pool.Control;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Descarte.Cli.Run;

/// <summary>Pools and their workers for people: a heading and a table for each.</summary>
static class PoolTable
{
    static readonly string[] Titles = ["WORKER", "PID", "STATE", "UPTIME", "RESTARTS", "RSS", "CPU", "HEARTBEAT"];

    public static IRenderable Of(IReadOnlyList<PoolStatus> pools) =>
        pools.Count == 0 ? new Text("No pool is running\n") : new Rows(pools.SelectMany(pool => new IRenderable[] { Heading(pool), Workers(pool) }));

    static Text Heading(PoolStatus pool) => new(
        $"{pool.Name} (pid {pool.Pid}): {pool.Phase} for {Time(pool.UptimeSeconds)}, {pool.Wanted} workers wanted"
        + (pool.Listen.Count == 0 ? "" : ", listening on " + string.Join(", ", pool.Listen)));

    static Table Workers(PoolStatus pool)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var title in Titles)
        {
            table.AddColumn(new TableColumn(new Text(title)) { NoWrap = true, Padding = new Padding(0, 0, 1, 0) });
        }

        table.AddColumn(new TableColumn(new Text("STATUS")));
        foreach (var worker in pool.Workers)
        {
            // As plain text: what a worker says of itself is no markup.
            table.AddRow(Cells(worker).Select(cell => new Text(cell)));
        }

        return table;
    }

    static string[] Cells(WorkerStatus worker) =>
    [
        $"{worker.Worker}", $"{worker.Pid}", worker.State, Time(worker.UptimeSeconds), $"{worker.Restarts}",
        $"{worker.ResidentBytes / 1_048_576.0:0.0} MiB", $"{worker.CpuPercent:0.0} %",
        worker.HeartbeatSeconds is { } heartbeat ? $"{heartbeat:0.0} s ago" : "-", worker.Status,
    ];

    static string Time(double seconds) => TimeSpan.FromSeconds(seconds) switch
    {
        { TotalDays: >= 1 } time => $"{time.TotalDays:0.0} d",
        { TotalHours: >= 1 } time => $"{time.TotalHours:0.0} h",
        { TotalMinutes: >= 1 } time => $"{time.TotalMinutes:0.0} min",
        var time => $"{time.TotalSeconds:0.0} s",
    };
}
