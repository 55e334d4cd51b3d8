using System.Net;
using System.Net.Sockets;
using System.Text;
using Descarte.Conformance.Client;

namespace Descarte.Tests.Client;

/// <summary>A server that does to each connection exactly what the test says, and nothing else.</summary>
sealed class FakeServer : IAsyncDisposable
{
    readonly Socket _listener;
    readonly Task _accepting;

    FakeServer(Socket listener, Func<Socket, Task> script)
    {
        _listener = listener;
        _accepting = Task.Run(async () =>
        {
            while (true)
            {
                Socket socket;
                try
                {
                    socket = await _listener.AcceptAsync();
                }
                catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
                {
                    return;
                }

                _ = Task.Run(async () =>
                {
                    using (socket)
                    {
                        await script(socket);
                    }
                });
            }
        });
    }

    public Target Target => _listener.LocalEndPoint is IPEndPoint address
        ? new Target(address, address.ToString())
        : new Target(_listener.LocalEndPoint!, "localhost");

    /// <param name="script">What to do with an accepted connection; it is closed afterwards.</param>
    /// <param name="address">Default a free port of 127.0.0.1.</param>
    public static FakeServer Start(Func<Socket, Task> script, EndPoint? address = null)
    {
        address ??= new IPEndPoint(IPAddress.Loopback, 0);
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen();
        return new FakeServer(listener, script);
    }

    /// <summary>Reads up to the end of a request's head; empty when the client closed instead.</summary>
    public static async Task<string> ReadHeadAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await socket.ReceiveAsync(buffer) == 0)
            {
                return "";
            }

            text.Append((char)buffer[0]);
        }

        return text.ToString();
    }

    public static async Task SayAsync(Socket socket, string text) => await socket.SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Closes so that the client gets a reset.</summary>
    public static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }
}
