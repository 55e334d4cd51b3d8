using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>11.1: two processes serve on one port, and when one has died the other is left alone.</summary>
static partial class ReplacesNobody
{
    const string Worker = "--worker";
    const int SolSocket = 1;
    const int SoReusePort = 15;

    public static Task RunAsync(string[] args) => args is [Worker, .. var rest] ? ServeAsync(rest) : SuperviseAsync(args);

    static async Task SuperviseAsync(string[] args)
    {
        List<Process> workers = [];
        var told = Sigterm.Taken();
        string[] command = [.. Command.OfThisProgram, "replaces-nobody", Worker, .. args];
        for (var count = 0; count < 2; count++)
        {
            workers.Add(Process.Start(command[0], command[1..]));
        }

        await told;
        foreach (var worker in workers.Where(worker => !worker.HasExited))
        {
            _ = Kill(worker.Id, 15);
        }

        await Task.WhenAll(workers.Select(worker => worker.WaitForExitAsync()));
    }

    // Each has a listening socket of its own, and the system shares the connections out (SO_REUSEPORT in socket(7)).
    static Task ServeAsync(string[] args) => WellBehavedServer.Build(args, builder => builder.Services.Configure<SocketTransportOptions>(options =>
        options.CreateBoundListenSocket = address =>
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));
            socket.Bind(address);
            return socket;
        })).RunAsync();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
