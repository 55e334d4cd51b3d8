using System.Net;
using Descarte;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace TestServer;

/// <summary>A server whose accept loop stops moving while the file that <c>stuck</c> names exists.</summary>
static class StuckAccept
{
    public static Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddSingleton<IConnectionListenerFactory, Factory>();
        builder.AddGracefulDrain();
        var app = builder.Build();
        app.MapGet("/", () => "Hello World!");
        return app.RunAsync();
    }

    sealed class Factory(IOptions<SocketTransportOptions> options, ILoggerFactory loggers, IConfiguration configuration) : IConnectionListenerFactory
    {
        readonly SocketTransportFactory _sockets = new(options, loggers);

        public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            new Listener(await _sockets.BindAsync(endpoint, cancellationToken), configuration["stuck"]!);
    }

    sealed class Listener(IConnectionListener listener, string stuck) : IConnectionListener
    {
        public EndPoint EndPoint => listener.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (File.Exists(stuck))
            {
                await Task.Delay(5, cancellationToken);
            }

            return await listener.AcceptAsync(cancellationToken);
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => listener.DisposeAsync();
    }
}
