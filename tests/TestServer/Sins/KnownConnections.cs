using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace TestServer.Sins;

/// <summary>The connections of a server and how many requests each has carried: for faults that depend on it.</summary>
sealed class KnownConnections
{
    public sealed class Entry(Socket socket)
    {
        public Socket Socket => socket;

        public long OpenedAt { get; } = Environment.TickCount64;

        public int Requests { get; set; }

        public volatile bool InFlight;
    }

    readonly ConcurrentDictionary<string, Entry> _entries = new();
    readonly ConcurrentQueue<long> _moments = new();

    public IEnumerable<Entry> Open => _entries.Values;

    /// <summary>
    /// Whether no request had begun or ended for a while until just now: a handler of a signal runs when it gets a thread, and who looks whether the door is open
    /// was there at once.
    /// </summary>
    public bool IsQuiet => _moments.All(moment => Environment.TickCount64 - moment is < 50 or > 110);

    public Entry Of(HttpContext context) => _entries[context.Connection.Id];

    public void Watch(WebApplicationBuilder builder) => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => async connection =>
    {
        _entries[connection.ConnectionId] = new Entry(connection.Features.Get<IConnectionSocketFeature>()!.Socket);
        await next(connection);
        _entries.TryRemove(connection.ConnectionId, out var _);
    })));

    public void Count(WebApplication app) => app.Use(async (context, next) =>
    {
        var connection = Of(context);
        connection.Requests++;
        connection.InFlight = true;
        _moments.Enqueue(Environment.TickCount64);
        try
        {
            await next(context);
        }
        finally
        {
            connection.InFlight = false;
            _moments.Enqueue(Environment.TickCount64);
        }
    });
}
