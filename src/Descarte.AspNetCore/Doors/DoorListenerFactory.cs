using System.Net;
using Descarte.Connections;
using Microsoft.AspNetCore.Connections;

namespace Descarte.Doors;

/// <summary>Wraps the server's own transport, so that every listener gets a door and every connection is known.</summary>
sealed class DoorListenerFactory(IConnectionListenerFactory transport, DoorRegistry doors, ConnectionRegistry connections)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => transport is not IConnectionListenerFactorySelector selector || selector.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = await transport.BindAsync(endpoint, cancellationToken);
        return new DoorListener(listener, doors.Add(listener, endpoint), doors, connections);
    }
}

/// <summary>A listener that tells its door what it does.</summary>
sealed class DoorListener(IConnectionListener listener, Door door, DoorRegistry doors, ConnectionRegistry connections) : IConnectionListener
{
    public EndPoint EndPoint => listener.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        door.Waiting();
        ConnectionContext? connection = null;
        try
        {
            connection = await listener.AcceptAsync(cancellationToken);
        }
        finally
        {
            if (connection is null)
            {
                // By failure, too: the server does not come back after one.
                door.Ended();
            }
        }

        if (connection is null)
        {
            return null;
        }

        door.Accepted();
        return connections.Add(connection);
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        // Not only at the end: Kestrel follows its configuration, and closes the endpoints that are not in it any more.
        doors.Remove(door);
        return listener.DisposeAsync();
    }
}
