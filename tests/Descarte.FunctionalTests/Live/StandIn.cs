using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Descarte.FunctionalTests.Live;

/// <summary>Something on the port that gives every request the same answer and closes.</summary>
sealed class StandIn : IAsyncDisposable
{
    readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    readonly SemaphoreSlim _answered = new(0);
    readonly Task _serving;

    StandIn(int port, string answer)
    {
        // The server before has left connections behind that the kernel remembers for a while.
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen();
        _serving = ServeAsync(Encoding.ASCII.GetBytes(answer));
    }

    public static StandIn Start(int port, string answer) => new(port, answer);

    /// <summary>Waits for so many more requests to be answered.</summary>
    public async Task AnsweredAsync(int times)
    {
        for (; times > 0; times--)
        {
            await _answered.WaitAsync();
        }
    }

    async Task ServeAsync(byte[] answer)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptAsync();

                // Browsers also open connections that they may never use.
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
                if (await client.ReceiveAsync(buffer, limit.Token) > 0)
                {
                    await client.SendAsync(answer);
                    client.Shutdown(SocketShutdown.Send);
                    _answered.Release();
                }
            }
            catch (SocketException) when (IsListening())
            {
                // A client that went away.
            }
            catch (OperationCanceledException)
            {
                // A connection without a request.
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    bool IsListening() => !_listener.SafeHandle.IsClosed;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
        _answered.Dispose();
    }
}
