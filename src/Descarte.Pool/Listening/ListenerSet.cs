using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Descarte.Pool.Processes;

namespace Descarte.Pool.Listening;

/// <summary>All the sockets of a pool, in the order in which its workers get them.</summary>
sealed class ListenerSet : IDisposable
{
    const int FirstInheritedDescriptor = 3;

    ListenerSet(IReadOnlyList<Listener> all) => All = all;

    public IReadOnlyList<Listener> All { get; }

    public IReadOnlyList<string> Names => [.. All.Select(listener => listener.Name)];

    /// <summary>Those that a service manager hands to this process (sd_listen_fds(3)), otherwise what the addresses say.</summary>
    /// <param name="addresses">Where to listen; none for workers that serve no socket.</param>
    /// <param name="origin">Who named the addresses (a variable, an option), for the error; null when nobody did.</param>
    /// <exception cref="PoolException">One cannot be listened on.</exception>
    public static ListenerSet Open(IEnumerable<ListenAddress> addresses, string? origin)
    {
        var inherited = Inherited();
        if (inherited.Count > 0)
        {
            return Checked(inherited);
        }

        var bound = new List<Listener>();
        try
        {
            foreach (var address in addresses)
            {
                bound.AddRange(Bind(address, origin));
            }

            return Checked(bound);
        }
        catch
        {
            bound.ForEach(listener => listener.Dispose());
            throw;
        }
    }

    static ListenerSet Checked(List<Listener> sockets) => sockets.Count <= Spawner.MostSockets
        ? new ListenerSet(sockets)
        : throw new PoolException($"{sockets.Count} sockets to listen on are more than the {Spawner.MostSockets} that a worker can be given", PoolException.Usage);

    public void CloseDoors()
    {
        foreach (var listener in All)
        {
            listener.CloseDoor();
        }
    }

    /// <param name="withHandshakes">Whether those count, too, who are only about to come.</param>
    public bool AnyoneQueues(bool withHandshakes) => All.Any(listener => listener.AnyoneQueues(withHandshakes));

    public void Dispose()
    {
        foreach (var listener in All)
        {
            listener.Dispose();
        }
    }

    static List<Listener> Inherited()
    {
        if (Environment.GetEnvironmentVariable("LISTEN_PID") != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            || !int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), CultureInfo.InvariantCulture, out var count)
            || count <= 0)
        {
            return [];
        }

        var names = (Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':');
        try
        {
            return [.. Enumerable.Range(0, count).Select(index =>
                Listener.Inherited(index < names.Length && names[index].Length > 0 ? names[index] : "unknown", FirstInheritedDescriptor + index))];
        }
        catch (SocketException e)
        {
            throw new PoolException($"LISTEN_FDS: '{count}' counts a descriptor that is no socket: {e.Message}", PoolException.Configuration, e);
        }
    }

    static IEnumerable<Listener> Bind(ListenAddress address, string? origin)
    {
        for (var index = 0; index < address.EndPoints.Count; index++)
        {
            Listener listener;
            try
            {
                listener = BindOne(address, address.EndPoints[index]);
            }
            catch (SocketException e) when (index > 0 && address.IsLocalhost && e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
            {
                // A machine without IPv6: localhost is IPv4 alone.
                continue;
            }
            catch (SocketException e)
            {
                throw new PoolException($"{(origin is null ? "" : origin + ": ")}{address.Text}: {Reason(e, address.EndPoints[index])}", PoolException.Configuration, e);
            }

            yield return listener;
        }
    }

    static Listener BindOne(ListenAddress address, EndPoint endPoint)
    {
        try
        {
            return Listener.Bind(address.Name, endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressFamilyNotSupported && endPoint is IPEndPoint { Port: var port, Address: var any } && any.Equals(IPAddress.IPv6Any))
        {
            return Listener.Bind(address.Name, new IPEndPoint(IPAddress.Any, port));
        }
    }

    static string Reason(SocketException e, EndPoint endPoint) => (e.SocketErrorCode, endPoint) switch
    {
        (SocketError.AddressAlreadyInUse, IPEndPoint { Port: var port }) =>
            $"the port is taken by {PortOwner.Of(port) ?? "another process"}; stop that one or choose another port",
        (SocketError.AddressAlreadyInUse, _) => "a process listens there, or a file is in the way; stop that one, remove it or choose another path",
        (SocketError.AccessDenied, IPEndPoint) => "no permission to listen there; choose a port from 1024 on",
        (SocketError.AccessDenied, _) => "no permission to create a socket there; choose a folder that this process may write to",
        (SocketError.AddressNotAvailable, IPEndPoint) => "this machine has no such address; choose one of its own, or localhost",
        (SocketError.AddressNotAvailable, _) => "the socket cannot be created there; choose a folder that exists",
        _ => e.Message,
    };
}
