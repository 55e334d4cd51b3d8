using Descarte.Harness;
using Descarte.Harness.Stops;

namespace Descarte.Stops;

/// <summary>The same loads and the same moments of the signal for every server: one row each, printed when it is done.</summary>
static class BeforeAndAfter
{
    static readonly LoadKind[] Kinds = [LoadKind.New, LoadKind.KeepAlive, LoadKind.Pausing];

    static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <returns>The exit code: 1 when Hits lost a request.</returns>
    public static async Task<int> PrintAsync(int stops, CancellationToken cancellation)
    {
        var present = Contestant.Peers.Where(peer => Need.Find(peer.Program) is not null).ToList();
        var absent = Contestant.Peers.Except(present).Select(peer => peer.Program).ToList();
        Console.WriteLine($"""
            Requests lost in {stops} stops of each (least to most in one), and the median time from the signal to the exit; {HitsTable.Machine}.{(absent.Count == 0 ? "" : $" Not installed: {string.Join(", ", absent)}.")}

            | server | {string.Join(" | ", Kinds.Select(kind => kind.Name))} |
            | --- | {string.Join(" | ", Kinds.Select(_ => "--:"))} |
            """);
        var lost = 0;
        foreach (var contestant in (Contestant[])[Contestant.DefaultHost, .. present.Select(peer => peer.Contestant), Contestant.Hits])
        {
            var cells = new List<string>();
            foreach (var kind in Kinds)
            {
                var tally = await StopAsync(contestant, kind, stops, cancellation);
                cells.Add(Cell(tally));
                lost += contestant == Contestant.Hits ? tally.Lost : 0;
            }

            Console.WriteLine($"| {contestant.Name} | {string.Join(" | ", cells)} |");
        }

        return lost == 0 ? 0 : 1;
    }

    static async Task<Tally> StopAsync(Contestant contestant, LoadKind kind, int stops, CancellationToken cancellation)
    {
        var tally = new Tally();
        for (var seed = 1; seed <= stops; seed++)
        {
            var port = FreePort.Next();
            var running = await contestant.StartAsync(port);
            await using var owner = running.Owner;
            var stop = await StopUnderLoad.RunAsync(running.Process, kind.Against(port, seed), contestant.Signal, Longest);
            cancellation.ThrowIfCancellationRequested();
            tally.Add(stop, Longest);
        }

        return tally;
    }

    static string Cell(Tally tally)
    {
        var exit = tally.Killed == 0
            ? $"{tally.MedianMilliseconds:0} ms"
            : $"{tally.Killed} of {tally.Stops} killed after {Longest.TotalSeconds:0} s";
        return $"{tally.Lost} ({tally.LostAtLeast} to {tally.LostAtMost}), {exit}";
    }
}
