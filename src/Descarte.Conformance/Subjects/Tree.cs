using System.Net;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Subjects;

/// <summary>All processes that came from one: its descendants, those of its session, and those that left both and still have its environment.</summary>
sealed class Tree(int root, string mark)
{
    /// <summary>The variable that marks them.</summary>
    public const string Variable = "DESCARTE_SUBJECT";

    readonly HashSet<(int Id, long StartedTicks)> _seen = [];
    readonly HashSet<long> _foreign = [];
    readonly long _startedTicks = ProcessTable.Read(root)?.StartedTicks ?? 0;

    /// <summary>Those that ran at the last look; at first the first one.</summary>
    public IReadOnlyList<int> Known { get; private set; } = [root];

    /// <summary>Those that run now, zombies left out.</summary>
    public List<int> Running()
    {
        var rows = ProcessTable.Read().Where(row => row.StartedTicks >= _startedTicks).ToList();
        var ids = new HashSet<int>();
        lock (_seen)
        {
            foreach (var row in rows)
            {
                if (row.Id == root || row.Session == root || _seen.Contains((row.Id, row.StartedTicks)) || ProcessTable.HasVariable(row.Id, mark))
                {
                    ids.Add(row.Id);
                }
            }

            // Children of children, however /proc was ordered.
            while (rows.Where(row => !ids.Contains(row.Id) && ids.Contains(row.Parent)).Select(row => row.Id).ToList() is { Count: > 0 } more)
            {
                ids.UnionWith(more);
            }

            _seen.UnionWith(rows.Where(row => ids.Contains(row.Id)).Select(row => (row.Id, row.StartedTicks)));
        }

        List<int> running = [.. rows.Where(row => row.Runs && ids.Contains(row.Id)).Select(row => row.Id)];
        Known = running;
        return running;
    }

    /// <summary>Those that run now, for the recording.</summary>
    public IReadOnlyList<ProcessSeen> Look() =>
    [
        .. Running().Order().Select(id => new ProcessSeen
        {
            Id = id,
            Parent = ProcessTable.Read(id)?.Parent ?? 0,
            Command = ProcessTable.Command(id),
            HandlesTerm = ProcessTable.Handles(id, Signal.Terminate),
        }),
    ];

    /// <summary>The first port that one of them listens on; null when there is none yet.</summary>
    public Target? Listens()
    {
        var listening = TcpTable.ReadListening(root).Where(row => !_foreign.Contains(row.Inode)).ToList();
        if (listening.Count == 0)
        {
            return null;
        }

        var inodes = Running().SelectMany(ProcessTable.SocketInodes).ToHashSet();
        _foreign.UnionWith(listening.Select(row => row.Inode).Where(inode => !inodes.Contains(inode)));
        return listening.Where(row => inodes.Contains(row.Inode)).Select(row => Reached(row.Local)).FirstOrDefault();
    }

    /// <summary>Those that run now and have this parent.</summary>
    public List<int> Children(int parent) => [.. Running().Where(id => ProcessTable.Read(id)?.Parent == parent)];

    /// <summary>
    /// The processes that serve side by side: they have the listening socket or connections to it, and none of their children does, which leaves out the one that
    /// only holds the socket for them. Empty where one process serves alone.
    /// </summary>
    public List<int> Serving(Target target)
    {
        var inodes = TcpTable.Read(root).Where(row => row.Inode != 0 && row.Local.Port == target.Port).Select(row => row.Inode).ToHashSet();
        var holders = Running().Where(id => ProcessTable.SocketInodes(id).Any(inodes.Contains)).ToList();
        var parents = holders.Select(id => ProcessTable.Read(id)?.Parent ?? 0).ToHashSet();
        var workers = holders.Where(id => !parents.Contains(id)).ToList();
        return workers.Count > 1 || parents.Overlaps(holders) ? workers : [];
    }

    static Target Reached(IPEndPoint local)
    {
        var address = local.Address.Equals(IPAddress.Any) || local.Address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback
            : local.Address.IsIPv4MappedToIPv6 ? local.Address.MapToIPv4()
            : local.Address;
        var endPoint = new IPEndPoint(address, local.Port);
        return new Target(endPoint, endPoint.ToString());
    }
}
