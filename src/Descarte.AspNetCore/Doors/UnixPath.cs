using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Descarte.Doors;

/// <summary>
/// The file name of a listening Unix socket on Linux. Whoever takes over binds the same name, so it is removed only
/// while it is still ours, and before the socket closes: clients then fail to find it instead of being reset.
/// </summary>
sealed partial class UnixPath
{
    readonly string _path;
    readonly FileIdentity _identity;

    UnixPath(string path, FileIdentity identity) => (_path, _identity) = (path, identity);

    /// <summary>Binds a socket whose disposal leaves the name alone.</summary>
    /// <remarks>
    /// A .NET socket that bound a name deletes it when it is disposed, even when a successor has bound it meanwhile;
    /// one made from a handle does not.
    /// </remarks>
    public static Socket Bind(UnixDomainSocketEndPoint endPoint, Func<Socket> bind, out UnixPath? path)
    {
        var name = endPoint.ToString();
        path = null;
        if (!OperatingSystem.IsLinux() || string.IsNullOrEmpty(name) || name[0] is '@' or '\0')
        {
            return bind();
        }

        RemoveStale(name, endPoint);
        var bound = bind();
        if (FileIdentity.Of(name) is not { } identity)
        {
            return bound;
        }

        path = new UnixPath(name, identity);
#pragma warning disable CA1816 // It has handed its descriptor over, and its finalizer would delete the name.
        GC.SuppressFinalize(bound);
#pragma warning restore CA1816
        return new Socket(bound.SafeHandle);
    }

    /// <returns>Whether nobody finds the socket by this name any more.</returns>
    public bool Unlink()
    {
        try
        {
            if (FileIdentity.Of(_path) == _identity)
            {
                File.Delete(_path);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without the right to remove it the name stays, and clients find a socket that nobody listens on.
            return false;
        }
    }

    /// <summary>
    /// Removes a name that a killed process left behind: nobody listens on it any more. A name that answers stays,
    /// and so does a file that is no socket; the bind then fails, as it should.
    /// </summary>
    static void RemoveStale(string name, UnixDomainSocketEndPoint endPoint)
    {
        if (FileIdentity.Of(name) is not { IsSocket: true })
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(name);
        }
        catch (SocketException)
        {
            // The bind will say what is wrong.
        }
    }

    /// <summary>Device, inode and type of a file, from statx(2), whose layout is the same on every architecture.</summary>
    readonly partial record struct FileIdentity(ulong Inode, ulong Device, bool IsSocket)
    {
        const int AtFdCwd = -100;
        const int SymlinkNoFollow = 0x100;
        const uint BasicStats = 0x7ff;
        const ushort TypeMask = 0xf000;
        const ushort SocketType = 0xc000;

        public static FileIdentity? Of(string path)
        {
            Span<byte> statx = stackalloc byte[256];
            return Statx(AtFdCwd, path, SymlinkNoFollow, BasicStats, statx) == 0
                ? new FileIdentity(
                    BitConverter.ToUInt64(statx[32..]),
                    BitConverter.ToUInt64(statx[136..]),
                    (BitConverter.ToUInt16(statx[28..]) & TypeMask) == SocketType)
                : null;
        }

        [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> result);
    }
}
