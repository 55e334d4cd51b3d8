using System.Net;
using System.Net.Sockets;

namespace Hits;

/// <summary><c>hits --health</c>: asks the process that serves on the same settings whether it is ready, for a container without curl.</summary>
internal static class HealthProbe
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <returns>The exit code: 0 when ready, 1 when not or when nobody answers.</returns>
    public static async Task<int> RunAsync(Addresses addresses)
    {
        var address = BindingAddress.Parse(addresses.Urls[0]);
        var url = address.IsUnixPipe ? "http://localhost/readyz" : $"{address.Scheme}://{Loopback(address.Host)}:{address.Port}/readyz";
        var asked = address.IsUnixPipe ? addresses.Urls[0] : url;
        try
        {
            using var client = new HttpClient(Handler(address)) { Timeout = Limit };
            using var answer = await client.GetAsync(new Uri(url));
            return answer.IsSuccessStatusCode ? 0 : Fail(asked, $"{(int)answer.StatusCode}");
        }
        catch (HttpRequestException exception)
        {
            return Fail(asked, exception.InnerException?.Message ?? exception.Message);
        }
        catch (TaskCanceledException)
        {
            return Fail(asked, $"no answer in {Limit.TotalSeconds:0} s");
        }
    }

    /// <summary>A socket that listens on every interface is asked on loopback.</summary>
    internal static string Loopback(string host) => host switch
    {
        "+" or "*" or "0.0.0.0" => "127.0.0.1",
        "[::]" => "[::1]",
        _ => host,
    };

    static SocketsHttpHandler Handler(BindingAddress address)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };

#pragma warning disable CA5359 // The certificate names the service, not loopback; nothing secret is sent, and the answer is yes or no.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        if (address.IsUnixPipe)
        {
            handler.ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(address.UnixPipePath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            };
        }

        return handler;
    }

    static int Fail(string asked, string what)
    {
        Console.Error.WriteLine($"{asked}: {Printable.Line(what)}");
        return 1;
    }
}
