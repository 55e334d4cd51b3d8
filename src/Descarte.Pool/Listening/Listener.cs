using System.Net;
using System.Net.Sockets;
using Descarte.Doors;
using Descarte.Pool.Processes;

namespace Descarte.Pool.Listening;

/// <summary>
/// A listening socket that the supervisor holds and never accepts from. It is kept as a bare descriptor: a
/// <see cref="Socket"/> may, when disposed, disturb the kernel's socket for everybody who shares it.
/// </summary>
sealed unsafe class Listener : IDisposable
{
    // The most that the kernel will take: net.core.somaxconn cuts it.
    const int Backlog = 65_535;

    readonly Socket _socket;
    readonly UnixPath? _path;
    readonly bool _inherited;
    volatile bool _disposed;

    Listener(string name, Socket socket, UnixPath? path, int descriptor, bool inherited) =>
        (Name, _socket, _path, Descriptor, _inherited, EndPoint) = (name, socket, path, descriptor, inherited, socket.LocalEndPoint);

    public string Name { get; }

    public int Descriptor { get; }

    public EndPoint? EndPoint { get; }

    /// <summary>As <c>--listen</c> takes it. The name that a service manager gives a socket need not be a scheme.</summary>
    public string Address => $"{(ListenAddress.IsScheme(Name) ? $"{Name}://" : "")}{(EndPoint is UnixDomainSocketEndPoint ? "unix:" : "")}{EndPoint}";

    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static Listener Bind(string name, EndPoint endPoint)
    {
        UnixPath? path = null;
        var socket = endPoint is UnixDomainSocketEndPoint unix
            ? UnixPath.Bind(unix, () => BoundSocket(endPoint), out path)
            : BoundSocket(endPoint);
        socket.Listen(Backlog);
        return new Listener(name, socket, path, DuplicateOf((int)socket.Handle), inherited: false);
    }

    /// <summary>One that a service manager handed over, which keeps it when all of us are gone.</summary>
    public static Listener Inherited(string name, int descriptor)
    {
        Libc.KeepFromChildren(descriptor);
        return new Listener(name, new Socket(new SafeSocketHandle(descriptor, ownsHandle: false)), path: null, DuplicateOf(descriptor), inherited: true);
    }

    /// <summary>
    /// No further client gets in; those who have come are left to the workers. On a socket that others hold, too, that
    /// is not ours to do.
    /// </summary>
    public void CloseDoor()
    {
        if (_inherited)
        {
            return;
        }

        _path?.Unlink();
        if (OperatingSystem.IsLinux() && _socket.AddressFamily != AddressFamily.Unix)
        {
            LinuxBacklog.TryRefuseHandshakes(_socket);
        }
    }

    /// <summary>Whether a client waits to be accepted.</summary>
    /// <param name="withHandshakes">Or is about to.</param>
    public bool AnyoneQueues(bool withHandshakes)
    {
        if (_inherited || _disposed)
        {
            return false;
        }

        // Handshakes before the queue: one that completes in between is then seen in the queue.
        var coming = withHandshakes && OperatingSystem.IsLinux() && EndPoint is IPEndPoint { Port: var port } && LinuxHandshakes.UnderWay(port, EndPoint.AddressFamily);
        var poll = new PollDescriptor { Descriptor = Descriptor, Events = PollDescriptor.Input };
        return coming || Libc.Poll(&poll, 1, 0) > 0;
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _path?.Unlink();
            _ = Libc.Close(Descriptor);
            _socket.Dispose();
        }
    }

    static Socket BoundSocket(EndPoint endPoint)
    {
        var isUnix = endPoint is UnixDomainSocketEndPoint;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            if (endPoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    static int DuplicateOf(int descriptor) =>
        Libc.Duplicate(descriptor, Spawner.FirstSafeDescriptor) is var copy && copy >= 0
            ? copy
            : throw new PoolException($"No descriptor left for a listening socket; raise the limit of open files (ulimit -n)", PoolException.OsError);
}
