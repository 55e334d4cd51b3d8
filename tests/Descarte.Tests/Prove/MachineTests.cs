using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Descarte.Conformance.Client;
using Descarte.Conformance.Experiments;
using Descarte.Conformance.Machine;

namespace Descarte.Tests.Prove;

/// <summary>The system's own tables.</summary>
public class MachineTests
{
    [Fact]
    public void A_line_of_the_table_is_read()
    {
        Assert.Equal(
            new TcpRow(new IPEndPoint(IPAddress.Loopback, 8080), 0, true, 3, 12345),
            TcpTable.Parse("   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 12345 1 0000 100 0 0 10 0"));
        Assert.Equal(
            new TcpRow(new IPEndPoint(IPAddress.Parse("::ffff:127.0.0.1"), 20790), 43210, false, 16, 0),
            TcpTable.Parse("  12: 0000000000000000FFFF00000100007F:5136 0000000000000000FFFF00000100007F:A8CA 01 00000000:00000010 00:00000000 00000000     0        0 0 1 0000 20 4 30 10 -1"));
        Assert.Null(TcpTable.Parse("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"));
    }

    [Fact(Timeout = 20_000)]
    public async Task The_table_tells_waiting_from_accepted_and_unread_from_read()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint, TestContext.Current.CancellationToken);
        await client.SendAsync(new byte[5], TestContext.Current.CancellationToken);
        await SeesAsync(row => row is { Inode: 0, Unread: 5 });
        using var accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        await SeesAsync(row => row is { Inode: not 0, Unread: 5 });
        await accepted.ReceiveAsync(new byte[5], TestContext.Current.CancellationToken);
        await SeesAsync(row => row is { Inode: not 0, Unread: 0 });

        async Task SeesAsync(Func<TcpRow, bool> wanted)
        {
            while (!TcpTable.Read().Exists(row => !row.Listens && row.Local.Port == port && wanted(row)))
            {
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact(Timeout = 20_000)]
    public async Task A_process_is_stopped_when_all_of_it_rests_or_is_over()
    {
        using var process = Process.Start("sleep", "60");
        try
        {
            Assert.False(ProcessTable.IsStopped(process.Id));
            await Suspension.BeginAsync([process.Id], TestContext.Current.CancellationToken);
            Assert.True(ProcessTable.IsStopped(process.Id));
        }
        finally
        {
            process.Kill();
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(ProcessTable.IsStopped(process.Id));
    }

    [Fact(Timeout = 20_000)]
    public async Task A_name_with_two_addresses_is_the_one_at_which_somebody_accepts()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var named = new Target(new IPEndPoint(IPAddress.IPv6Loopback, port), $"localhost:{port}") { OtherAddresses = [IPAddress.Loopback] };
        var found = await Visit.FirstHeldAsync(named);
        Assert.Equal((listener.LocalEndpoint, $"localhost:{port}"), (found?.EndPoint, found?.Authority));
        listener.Stop();
        Assert.Null(await Visit.FirstHeldAsync(named));
    }

    [Theory]
    [InlineData("SIGTERM", 15, "SIGTERM")]
    [InlineData("quit", 3, "SIGQUIT")]
    [InlineData("28", 28, "SIGWINCH")]
    [InlineData("SIGRTMIN+3", 37, "SIGRTMIN+3")]
    [InlineData("37", 37, "SIGRTMIN+3")]
    public void Signals_have_names_and_numbers(string text, int number, string name)
    {
        var signal = Descarte.Conformance.Machine.Signals.Parse(text);
        Assert.Equal(number, (int?)signal);
        Assert.Equal(name, Descarte.Conformance.Machine.Signals.Name(signal!.Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SIG")]
    [InlineData("STOPPED")]
    [InlineData("0")]
    [InlineData("65")]
    public void What_is_no_signal_is_none(string text) => Assert.Null(Descarte.Conformance.Machine.Signals.Parse(text));

    [Fact]
    public void This_process_is_no_container()
    {
        Assert.False(ProcessTable.IsInit(Environment.ProcessId));
        Assert.StartsWith("pid:[", ProcessTable.Namespace(Environment.ProcessId), StringComparison.Ordinal);
        Assert.Null(ProcessTable.Namespace(int.MaxValue));
    }

    [Fact]
    public void This_process_is_in_the_table_with_its_parent()
    {
        var own = ProcessTable.Read().Single(row => row.Id == Environment.ProcessId);
        Assert.True(own is { Runs: true, Parent: > 0, StartedTicks: > 0 });
        Assert.NotEmpty(ProcessTable.Command(own.Id));
        Assert.True(ProcessTable.HasVariable(own.Id, "PATH="));
        Assert.Null(ProcessTable.Read(int.MaxValue));
    }
}
