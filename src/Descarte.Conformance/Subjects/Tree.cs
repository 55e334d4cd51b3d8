using System.Net;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;
using Microsoft.Win32.SafeHandles;

namespace Descarte.Conformance.Subjects;

/// <summary>All processes that came from one: its descendants, and those by which it can be told that they were.</summary>
sealed class Tree : IDisposable
{
    /// <summary>The variable that marks them.</summary>
    public const string Variable = "DESCARTE_SUBJECT";

    readonly int _root;
    readonly Func<ProcessRow, bool> _isOfIt;
    readonly Signal _stopSignal;
    readonly SafeFileHandle? _namespace;
    readonly HashSet<(int Id, long StartedTicks)> _seen = [];
    readonly HashSet<long> _foreign = [];
    readonly long _startedTicks;

    Tree(int root, Func<ProcessRow, bool> isOfIt, Signal stopSignal, SafeFileHandle? table = null)
    {
        (_root, _isOfIt, _stopSignal, _namespace) = (root, isOfIt, stopSignal, table);
        _startedTicks = ProcessTable.Read(root)?.StartedTicks ?? 0;
        Known = [root];
    }

    /// <summary>Of a process that never was.</summary>
    public static Tree None { get; } = new(0, static _ => false, Signal.Terminate) { Known = [] };

    /// <summary>Those that ran at the last look; at first the first one.</summary>
    public IReadOnlyList<int> Known { get; private set; }

    /// <summary>Of a command: also those of its session, and those that left it and still have its environment.</summary>
    public static Tree OfCommand(int root, string mark, Signal stopSignal) =>
        new(root, row => row.Id == root || row.Session == root || ProcessTable.HasVariable(row.Id, mark), stopSignal);

    /// <summary>Of a container: all that is in its process table.</summary>
    /// <exception cref="SubjectException">Its process table is not its own: those of others would be killed with it.</exception>
    public static Tree OfContainer(int root, Signal stopSignal) =>
        // Held open as long as it is asked for: another container could get the same number otherwise.
        ProcessTable.IsInit(root) && ProcessTable.OpenNamespace(root) is { } table && ProcessTable.Namespace(root) is { } own
            ? new Tree(root, row => ProcessTable.Namespace(row.Id) == own, stopSignal, table)
            : throw new SubjectException("The container's first process is not process 1 of its own: start it without --pid");

    /// <summary>Those that run now, zombies left out.</summary>
    public List<int> Running()
    {
        var rows = ProcessTable.Read().Where(row => row.StartedTicks >= _startedTicks).ToList();
        var ids = new HashSet<int>();
        lock (_seen)
        {
            foreach (var row in rows)
            {
                if (_seen.Contains((row.Id, row.StartedTicks)) || _isOfIt(row))
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
            HandlesTerm = ProcessTable.Handles(id, _stopSignal),
        }),
    ];

    /// <summary>The first port that one of them listens on; null when there is none yet.</summary>
    /// <param name="address">Where they are reached from here; null for this machine itself.</param>
    public Target? Listens(IPAddress? address)
    {
        var listening = TcpTable.ReadListening(_root).Where(row => !_foreign.Contains(row.Inode) && !(address is not null && IPAddress.IsLoopback(row.Local.Address))).ToList();
        if (listening.Count == 0)
        {
            return null;
        }

        var inodes = Running().SelectMany(ProcessTable.SocketInodes).ToHashSet();
        _foreign.UnionWith(listening.Select(row => row.Inode).Where(inode => !inodes.Contains(inode)));
        return listening.Where(row => inodes.Contains(row.Inode)).Select(row => Reached(row.Local, address)).FirstOrDefault();
    }

    /// <summary>Those that run now and have this parent.</summary>
    public List<int> Children(int parent) => [.. Running().Where(id => ProcessTable.Read(id)?.Parent == parent)];

    /// <summary>
    /// The processes that serve side by side: they have the listening socket or connections to it, and none of their children does, which leaves out the one that
    /// only holds the socket for them. Empty where one process serves alone.
    /// </summary>
    /// <returns>Each with whether it has a connection now.</returns>
    public Dictionary<int, bool> Serving(Target target)
    {
        var rows = TcpTable.Read(_root).Where(row => row.Inode != 0 && row.Local.Port == target.Port).ToList();
        var inodes = rows.Select(row => row.Inode).ToHashSet();
        var connections = rows.Where(row => !row.Listens).Select(row => row.Inode).ToHashSet();
        var holders = Running().Select(id => (Id: id, Sockets: ProcessTable.SocketInodes(id).Where(inodes.Contains).ToList())).Where(holder => holder.Sockets.Count > 0).ToList();
        var parents = holders.Select(holder => ProcessTable.Read(holder.Id)?.Parent ?? 0).ToHashSet();
        var workers = holders.Where(holder => !parents.Contains(holder.Id)).ToDictionary(holder => holder.Id, holder => holder.Sockets.Exists(connections.Contains));
        return workers.Count > 1 || holders.Exists(holder => parents.Contains(holder.Id)) ? workers : [];
    }

    public void Dispose() => _namespace?.Dispose();

    static Target Reached(IPEndPoint local, IPAddress? address)
    {
        address ??= local.Address.Equals(IPAddress.Any) || local.Address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback
            : local.Address.IsIPv4MappedToIPv6 ? local.Address.MapToIPv4()
            : local.Address;
        var endPoint = new IPEndPoint(address, local.Port);
        return new Target(endPoint, endPoint.ToString());
    }
}
