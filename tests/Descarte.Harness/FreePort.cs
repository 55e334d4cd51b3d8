using System.Net;
using System.Net.Sockets;

namespace Descarte.Harness;

/// <summary>Ports for servers that must come back on the port they had, where port 0 is no answer.</summary>
/// <remarks>
/// Below the ephemeral range (net.ipv4.ip_local_port_range starts at 32768), so that no outgoing connection of a test
/// running beside takes the port between two lives of a server; each is handed out once in a test run.
/// </remarks>
public static class FreePort
{
    const int First = 20_000;
    const int Count = 12_000;

    static int _next = Environment.ProcessId * 131;

    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No free port from {First} to {First + Count - 1}");
    }

    static bool IsFree(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
