using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>3.3: a child has inherited the listening socket, accepts nobody, and outlives it.</summary>
static partial class LeavesListenerBehind
{
    public static async Task RunAsync(string[] args)
    {
        Socket? listener = null;
        var app = WellBehavedServer.Build(args, builder => builder.Services.Configure<SocketTransportOptions>(options =>
            options.CreateBoundListenSocket = address => listener = SocketTransportOptions.CreateDefaultBoundListenSocket(address)));
        await app.StartAsync();

        // Unlike the socket's own descriptor, a copy stays open in the children.
        _ = Dup((int)listener!.Handle);
        Process.Start("sleep", "60");
        await app.WaitForShutdownAsync();
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Dup(int descriptor);
}
