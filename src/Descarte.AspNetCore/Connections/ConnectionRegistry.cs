using System.Collections.Concurrent;
using Descarte.Requests;
using Microsoft.AspNetCore.Connections;

namespace Descarte.Connections;

/// <summary>The open connections of the process, and the requests that came on none of them (a test server, another transport).</summary>
sealed class ConnectionRegistry(Closing closing)
{
    readonly ConcurrentDictionary<TrackedConnection, bool> _open = new();

    /// <summary>Requests whose server tells of no connection.</summary>
    public RequestSlots Loose { get; } = new(closing, connection: null);

    public bool IsEmpty => _open.IsEmpty && Loose.InUse == 0;

    public IEnumerable<TrackedConnection> Open => _open.Select(entry => entry.Key);

    public IEnumerable<RequestSlot> Requests => _open.SelectMany(entry => entry.Key.Requests.Active).Concat(Loose.Active);

    public ConnectionContext Add(ConnectionContext transport)
    {
        var connection = new TrackedConnection(transport, closing, this);
        _open[connection] = true;
        return connection;
    }

    public void Remove(TrackedConnection connection)
    {
        _open.TryRemove(connection, out _);
    }
}
