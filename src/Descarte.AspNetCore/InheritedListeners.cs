using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Descarte;

/// <summary>
/// Listening sockets that a service manager or a process pool hands over: descriptors 3 and up, counted by
/// <c>LISTEN_FDS</c> and meant for the process that <c>LISTEN_PID</c> names. One that <c>LISTEN_FDNAMES</c> calls
/// <c>https</c> speaks TLS, with the default certificate of Kestrel's configuration. Source: sd_listen_fds(3).
/// </summary>
static partial class InheritedListeners
{
    const int FirstDescriptor = 3;
    const int SetDescriptorFlags = 2;
    const int CloseOnExec = 1;

    static readonly ConcurrentDictionary<int, bool> LetGoOf = new();

    static int Count =>
        !OperatingSystem.IsWindows()
        && Environment.GetEnvironmentVariable("LISTEN_PID") == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
        && int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), CultureInfo.InvariantCulture, out var count) ? count : 0;

    public static void Listen(KestrelServerOptions kestrel)
    {
        var names = (Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':');
        if (!LetGoOf.IsEmpty)
        {
            throw new InvalidOperationException(
                "The sockets of LISTEN_FDS were closed when an earlier host of this process stopped. Start a new process instead of a second host, or give this one addresses of its own and unset LISTEN_FDS.");
        }

        for (var index = 0; index < Count; index++)
        {
            // A child of ours must not keep the socket open when all of us are gone.
            _ = Fcntl(FirstDescriptor + index, SetDescriptorFlags, CloseOnExec);
            var isHttps = index < names.Length && names[index] == "https";
            kestrel.ListenHandle((ulong)(FirstDescriptor + index), listen => _ = isHttps ? listen.UseHttps() : listen);
        }
    }

    /// <summary>
    /// Closes the process's hold on such a socket when the server accepts no more from it: Kestrel leaves the descriptor open, and as long as anybody
    /// holds the socket its clients are not refused. One that was not handed over here is its giver's.
    /// </summary>
    public static void LetGo(FileHandleEndPoint endPoint)
    {
        // Once: a second endpoint may be on the same descriptor, whose number may then be a client's.
        if (endPoint.FileHandle is var descriptor && descriptor >= FirstDescriptor && descriptor < (ulong)(FirstDescriptor + Count) && LetGoOf.TryAdd((int)descriptor, true))
        {
            _ = Close((int)descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Fcntl(int descriptor, int command, int argument);
}
