using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>3.4: closes its listening socket at the signal, whoever waits in the queue.</summary>
static class DropsBacklog
{
    static Socket? _listener;

    public static Task RunAsync(string[] args)
    {
        var app = WellBehavedServer.Build(args, builder =>
        {
            builder.Services.AddSingleton<IConnectionListenerFactory, Factory>();
            builder.Services.Configure<SocketTransportOptions>(options =>
                options.CreateBoundListenSocket = address => _listener = SocketTransportOptions.CreateDefaultBoundListenSocket(address));
        });
        Sigterm.On(_ => _listener?.Dispose());
        return app.RunAsync();
    }

    sealed class Factory(IOptions<SocketTransportOptions> options, ILoggerFactory loggers) : IConnectionListenerFactory
    {
        readonly SocketTransportFactory _sockets = new(options, loggers);

        public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            new Listener(await _sockets.BindAsync(endpoint, cancellationToken));
    }

    /// <summary>Accepts as slowly as a busy process does.</summary>
    sealed class Listener(IConnectionListener listener) : IConnectionListener
    {
        public EndPoint EndPoint => listener.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            await Task.Delay(2, CancellationToken.None);
            try
            {
                return await listener.AcceptAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return null;
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => listener.DisposeAsync();
    }
}
