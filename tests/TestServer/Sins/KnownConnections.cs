using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace TestServer.Sins;

/// <summary>The connections of a server and how many requests each has carried: for faults that depend on it.</summary>
sealed class KnownConnections
{
    const int JustNowMs = 50;
    const int WhileMs = 110;

    public sealed class Entry(Socket socket)
    {
        long _restsSince = long.MaxValue;

        public Socket Socket => socket;

        public long OpenedAt { get; } = Environment.TickCount64;

        public int Requests { get; set; }

        /// <summary>Whether its last request ended a while ago. One whose handler has just returned may not have been answered yet.</summary>
        public bool Rests => Environment.TickCount64 - Volatile.Read(ref _restsSince) > WhileMs;

        public void Begins()
        {
            Requests++;
            Volatile.Write(ref _restsSince, long.MaxValue);
        }

        public void Ends() => Volatile.Write(ref _restsSince, Environment.TickCount64);
    }

    readonly ConcurrentDictionary<string, Entry> _entries = new();
    readonly ConcurrentQueue<long> _moments = new();

    public IEnumerable<Entry> Open => _entries.Values;

    /// <summary>
    /// Whether no request had begun or ended for a while until just now: a handler of a signal runs when it gets a thread, and who looks whether the door is open
    /// was there at once.
    /// </summary>
    public bool IsQuiet => _moments.All(moment => Environment.TickCount64 - moment is < JustNowMs or > WhileMs);

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
        connection.Begins();
        _moments.Enqueue(Environment.TickCount64);
        try
        {
            await next(context);
        }
        finally
        {
            connection.Ends();
            _moments.Enqueue(Environment.TickCount64);
        }
    });
}
