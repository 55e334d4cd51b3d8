using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Descarte.Doors;

/// <summary>The doors of the process, and the sockets behind them.</summary>
sealed class DoorRegistry(IOptions<HttpDrainOptions> options) : IProgressProbe
{
    readonly ConcurrentDictionary<EndPoint, (Socket Socket, UnixPath? Path)> _sockets = new();
    readonly ConcurrentDictionary<Door, bool> _doors = new();

    /// <summary>Binds as <paramref name="bind"/> does and keeps the socket for the door that <see cref="Add"/> makes of it.</summary>
    public Socket Bind(EndPoint endPoint, Func<EndPoint, Socket> bind)
    {
        UnixPath? path = null;
        var socket = endPoint is UnixDomainSocketEndPoint unix ? UnixPath.Bind(unix, () => bind(endPoint), out path) : bind(endPoint);
        if (socket.LocalEndPoint is { } local && endPoint is not FileHandleEndPoint)
        {
            _sockets[local] = (socket, path);
        }

        return socket;
    }

    public Door Add(IConnectionListener listener, EndPoint endPoint)
    {
        // The other half is left to answer those who were let in.
        var longest = (options.Value.CutAfter - options.Value.LameDuck) / 2;
        var door = _sockets.TryRemove(listener.EndPoint, out var bound)
            ? new Door(listener, bound.Socket, inherited: null, bound.Path, longest)
            : new Door(listener, socket: null, inherited: endPoint as FileHandleEndPoint, path: null, longest);
        _doors[door] = true;
        return door;
    }

    /// <summary>Whether none is open.</summary>
    public bool IsEmpty => _doors.IsEmpty;

    public void Remove(Door door) => _doors.TryRemove(door, out _);

    /// <summary>Closes all doors side by side, each on a thread of its own: a starved thread pool must not hold them open.</summary>
    public Task CloseAll() => Task.WhenAll(_doors.Select(entry =>
        Task.Factory.StartNew(entry.Key.Close, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

    public bool MakesProgress() => _doors.All(entry => entry.Key.MakesProgress());
}
