using System.Text;

namespace Descarte.Pool.Reconciling;

/// <summary>What a worker says of itself in systemd's notify protocol: lines of <c>NAME=value</c>. Source: sd_notify(3).</summary>
sealed record Notification
{
    /// <summary>A status line longer than this is cut: it is shown in a table.</summary>
    const int LongestStatus = 200;

    public bool Ready { get; private init; }

    public bool Stopping { get; private init; }

    public bool Watchdog { get; private init; }

    public bool WatchdogTrigger { get; private init; }

    public string? Status { get; private init; }

    /// <summary>Lines that this protocol has and a pool has no use for are passed over.</summary>
    public static Notification Parse(ReadOnlySpan<byte> datagram)
    {
        var said = new Notification();
        foreach (var line in Encoding.UTF8.GetString(datagram).Split('\n'))
        {
            said = line switch
            {
                "READY=1" => said with { Ready = true },
                "STOPPING=1" => said with { Stopping = true },
                "WATCHDOG=1" => said with { Watchdog = true },
                "WATCHDOG=trigger" => said with { WatchdogTrigger = true },
                _ when line.StartsWith("STATUS=", StringComparison.Ordinal) => said with { Status = Printable(line["STATUS=".Length..]) },
                _ => said,
            };
        }

        return said;
    }

    /// <summary>A worker's text must not move the cursor of the terminal that shows it.</summary>
    static string Printable(string text)
    {
        var cut = text.Length > LongestStatus ? text[..LongestStatus] : text;
        return string.Concat(cut.Select(c => char.IsControl(c) ? ' ' : c));
    }
}
