using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TestServer;

/// <summary>
/// Holds a listening socket on the port of <c>ASPNETCORE_URLS</c> and accepts nothing itself: each SIGHUP starts one
/// more worker on it. A line tells of each that starts (<c>worker 812 started</c>) and ends (<c>worker 812 exited with 0</c>).
/// </summary>
static partial class SharedListener
{
    public static async Task RunAsync(string[] args)
    {
        var address = new Uri(Environment.GetEnvironmentVariable("ASPNETCORE_URLS")!);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, address.Port));
        listener.Listen(512);

        // Unlike the socket's own descriptor, a copy stays open in the children.
        var descriptor = Dup((int)listener.Handle);
        string[] command = [.. Command.OfThisProgram, "inherited", descriptor.ToString(CultureInfo.InvariantCulture), "slim", .. args];
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _ = WorkAsync(command);
        });
        Console.WriteLine("holding");
        await Task.Delay(Timeout.Infinite);
    }

    static async Task WorkAsync(string[] command)
    {
        using var worker = Process.Start(command[0], command[1..]);
        Console.WriteLine($"worker {worker.Id} started");
        await worker.WaitForExitAsync();
        Console.WriteLine($"worker {worker.Id} exited with {worker.ExitCode}");
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Dup(int descriptor);
}
