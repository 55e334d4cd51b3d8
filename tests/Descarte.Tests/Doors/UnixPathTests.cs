extern alias aspnetcore;

using System.Net.Sockets;
using UnixPath = aspnetcore::Descarte.Doors.UnixPath;

namespace Descarte.Tests.Doors;

/// <summary>The name of a Unix socket belongs to whoever bound it last.</summary>
public sealed class UnixPathTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descarte-").FullName;

    string Name => Path.Combine(_folder, "socket");

    [Fact]
    public void Unlinking_removes_the_name_and_closing_the_socket_does_not()
    {
        var socket = Bind(out var path);
        path.Unlink();
        Assert.False(File.Exists(Name));

        var successor = Bind(out var its);
        path.Unlink();
        socket.Dispose();
        Assert.True(File.Exists(Name), "The name of the successor was removed");
        Connect();

        its.Unlink();
        successor.Dispose();
        Assert.False(File.Exists(Name));
    }

    [Fact]
    public void The_finalizer_of_what_was_bound_leaves_the_name_to_the_successor()
    {
        BindUnlinkAndForget();
        using var successor = Bind(out _);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.True(File.Exists(Name));
        Connect();

        void BindUnlinkAndForget()
        {
            Bind(out var path).Dispose();
            path.Unlink();
        }
    }

    [Fact]
    public void A_name_that_a_dead_process_left_behind_is_bound_again()
    {
        // Closed without its name being removed, as by SIGKILL.
        Bind(out _).Dispose();
        Assert.True(File.Exists(Name));
        using var next = Bind(out _);
        Connect();
    }

    [Fact]
    public void A_name_that_somebody_listens_on_is_not_taken()
    {
        using var first = Bind(out _);
        var e = Assert.Throws<SocketException>(() => Bind(out _));
        Assert.Equal(SocketError.AddressAlreadyInUse, e.SocketErrorCode);
        Connect();
    }

    [Fact]
    public void A_file_that_is_no_socket_is_not_removed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Linux");
        File.WriteAllText(Name, "precious");
        Assert.Throws<SocketException>(() => Bind(out _));
        Assert.Equal("precious", File.ReadAllText(Name));
    }

    [Fact]
    public void An_abstract_name_is_no_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Linux");
        using var socket = UnixPath.Bind(new UnixDomainSocketEndPoint($"\0{Name}"), Create, out var path);
        Assert.Null(path);

        Socket Create()
        {
            var bound = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            bound.Bind(new UnixDomainSocketEndPoint($"\0{Name}"));
            return bound;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    Socket Bind(out UnixPath path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Linux");
        var endPoint = new UnixDomainSocketEndPoint(Name);
        var socket = UnixPath.Bind(endPoint, Create, out var bound);
        path = Assert.IsType<UnixPath>(bound);
        socket.Listen();
        return socket;

        Socket Create()
        {
            var created = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            created.Bind(endPoint);
            return created;
        }
    }

    void Connect()
    {
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(Name));
    }
}
