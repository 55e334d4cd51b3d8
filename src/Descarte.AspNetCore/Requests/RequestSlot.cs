using System.Diagnostics;
using Descarte.Connections;
using Descarte.LongConnections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Descarte.Requests;

/// <summary>
/// One request in flight. Stands in for the server's lifetime feature, so that the drain can fire the handler's token
/// without the connection being lost. Reused from request to request.
/// </summary>
sealed class RequestSlot(Closing closing, TrackedConnection? connection) : IHttpRequestLifetimeFeature
{
    static readonly Func<object, Task> Starting = static slot => ((RequestSlot)slot).OnStarting();
    static readonly Func<object, Task> Completed = static slot => ((RequestSlot)slot).OnCompleted();

    readonly Lock _lock = new();
    int _taken;
    long _since;
    HttpContext? _context;
    IHttpRequestLifetimeFeature? _server;
    CancellationTokenSource? _aborted;
    CancellationTokenRegistration _link;
    CancellationToken? _replacedToken;
    bool _fired;
    volatile LongConnection? _long;

    public bool IsInUse => Volatile.Read(ref _taken) == 1;

    /// <summary>The long connection that this request has turned out to be; null for all others.</summary>
    public LongConnection? Long => _long;

    public TimeSpan Age => Stopwatch.GetElapsedTime(_since);

    /// <summary>Method and path, for a person to read.</summary>
    public string Name
    {
        get
        {
            // The request may end, and its context be reused, while somebody looks: then the name is of no use, but no failure.
            try
            {
                return _context is { } context ? $"{context.Request.Method} {context.Request.PathBase}{context.Request.Path}" : "(ended)";
            }
            catch (Exception e) when (e is ObjectDisposedException or NullReferenceException)
            {
                return "(ended)";
            }
        }
    }

    public CancellationToken RequestAborted
    {
        get => _replacedToken ?? OwnToken();
        set => _replacedToken = value;
    }

    public bool TryTake() => Interlocked.CompareExchange(ref _taken, 1, 0) == 0;

    public void Begin(HttpContext context)
    {
        _since = Stopwatch.GetTimestamp();
        _context = context;
        var features = context.Features;
        _server = features.Get<IHttpRequestLifetimeFeature>();
        features.Set<IHttpRequestLifetimeFeature>(this);
        var response = features.GetRequiredFeature<IHttpResponseFeature>();
        response.OnStarting(Starting, this);
        response.OnCompleted(Completed, this);
    }

    /// <summary>The request is a long connection from here on; ends it at once when the drain is under way.</summary>
    public void Becomes(LongConnection connection)
    {
        _long = connection;

        // Pairs with the barrier in Closing.Drain.
        Interlocked.MemoryBarrier();
        if (closing.Draining)
        {
            EndIfLong();
        }
    }

    /// <summary>Ends the request if it is a long connection, or its endpoint says that it is one.</summary>
    public void EndIfLong()
    {
        if (_context is { } context && OnDrainAttribute.Of(context) is { } behavior)
        {
            if (behavior == DrainBehavior.Finish)
            {
                return;
            }

            _long ??= new LongConnection();
        }

        _long?.End(this);
    }

    /// <summary>Fires the token that the handler of <paramref name="connection"/> got; too late for it, nothing happens.</summary>
    public void FireToken(LongConnection connection)
    {
        CancellationTokenSource aborted;
        lock (_lock)
        {
            if (_long != connection)
            {
                return;
            }

            aborted = _aborted ??= new CancellationTokenSource();
            _fired = true;
        }

        aborted.Cancel();
    }

    public void Abort() => _server?.Abort();

    CancellationToken OwnToken()
    {
        if (_aborted is { } made && _link != default)
        {
            return made.Token;
        }

        lock (_lock)
        {
            _aborted ??= new CancellationTokenSource();
            if (_link == default && _server is { } server)
            {
                _link = server.RequestAborted.UnsafeRegister(static slot => ((RequestSlot)slot!)._aborted?.Cancel(), this);
            }

            return _aborted.Token;
        }
    }

    Task OnStarting()
    {
        var response = _context!.Response;
        if (_long is null && EventStream.Is(response))
        {
            Becomes(new LongConnection(HubConnections.Serve(_context)));
        }

        // In the request's own flow: a response either says so or leaves the connection open for one that does.
        if (closing.Announced && response.StatusCode != StatusCodes.Status101SwitchingProtocols && HasConnectionHeader(_context.Request.Protocol))
        {
            response.Headers.Connection = "close";
        }

        return Task.CompletedTask;
    }

    /// <summary>HTTP/2 and later have no such header (RFC 9113, section 8.2.2).</summary>
    static bool HasConnectionHeader(string protocol) => HttpProtocol.IsHttp11(protocol) || HttpProtocol.IsHttp10(protocol);

    Task OnCompleted()
    {
        _link.Dispose();
        lock (_lock)
        {
            // A source that fires now, or has fired, must not reach the next request.
            if (_fired || _aborted?.TryReset() == false)
            {
                _aborted = null;
                _fired = false;
            }

            _link = default;
            _replacedToken = null;
            _server = null;
            _context = null;
            _long = null;
        }

        closing.CountFinished();
        connection?.RequestEnded();
        Volatile.Write(ref _taken, 0);
        return Task.CompletedTask;
    }
}
