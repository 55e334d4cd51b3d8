using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Descarte.Conformance.Client;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Pool;

/// <summary>The sockets of a pool: what it serves on, and who may tell it what to do.</summary>
public sealed partial class PoolSocketTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact(Timeout = 60_000)]
    public async Task It_serves_on_IPv4_IPv6_and_a_Unix_socket_at_once_and_takes_the_name_of_the_last_with_it()
    {
        Need.IPv6();
        using var sockets = new TempFolder();
        var (path, other) = (sockets["hits.sock"], FreePort.Next());
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfHits(
            Flavor.Ordinary, "-n", "2", "--listen", $"http://[::1]:{other}", "--listen", $"http://unix:{path}"));
        Assert.Equal("Hello World! 1 times.", await GetAsync(pool.Target));
        Assert.Equal("Hello World! 2 times.", await GetAsync(new Target(new IPEndPoint(IPAddress.IPv6Loopback, other), $"[::1]:{other}")));
        Assert.Equal("Hello World! 3 times.", await GetAsync(Target.Unix(path)));

        Assert.Equal((0, "", ""), await pool.AskAsync("restart"));
        Assert.Equal("Hello World! 4 times.", await GetAsync(Target.Unix(path)));

        pool.Process.Send(Signal.Terminate);
        Assert.Equal(0, await pool.Process.WaitForExitAsync(Limit));
        Assert.Empty(Directory.EnumerateFileSystemEntries(sockets.FullName));
    }

    [UnsupportedOSPlatform("windows")]
    [Fact(Timeout = 60_000)]
    public async Task Another_user_is_refused_even_where_the_rights_of_the_files_would_let_them_in()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can be somebody else");
        await using var pool = await PoolProcess.StartAsync(PoolStart.OfTestServer(["tell"], "-n", "1", "--name", "mine") with { Port = null });
        var control = Path.Combine(pool.RuntimeFolder, "descarte", "mine", "control");
        for (var path = control; path != Path.GetDirectoryName(pool.Folder.FullName); path = Path.GetDirectoryName(path)!)
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111);
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        AsNobody(() => socket.Connect(new UnixDomainSocketEndPoint(control)));
        using var reader = new StreamReader(new NetworkStream(socket));
        Assert.Equal("{\"error\":\"this pool belongs to another user\"}\n", await reader.ReadToEndAsync(Raw.Limit));
        pool.Process.Send(Signal.Terminate);
        Assert.Equal(0, await pool.Process.WaitForExitAsync(Limit));
    }

    static async Task<string> GetAsync(Target target)
    {
        await using var connection = await Raw.OpenAsync(target);
        Assert.Equal(Outcome.Answered, await connection.SendAsync(Request.Get(), Raw.Limit));
        return connection.Response.BodyText;
    }

    /// <summary>The system call itself changes the user of one thread only; the C library's function would change that of all.</summary>
    static void AsNobody(Action action)
    {
        const int Nobody = 65534;
        const int Same = -1;
        const int SetDumpable = 4;
        var (setresuid, prctl) = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? (147, 167) : (117, 157);
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Assert.Equal(0, SystemCall(setresuid, Same, Nobody, Same));
                action();
            }
            catch (Exception e)
            {
                failure = e;
            }
            finally
            {
                SystemCall(setresuid, Same, 0, Same);

                // Whoever has been somebody else is hidden from /proc, in which other tests look.
                SystemCall(prctl, SetDumpable, 1, 0);
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);
}
