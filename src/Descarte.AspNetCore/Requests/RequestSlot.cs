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
    const int Free = 0;
    const int InUse = 1;

    /// <summary>Somebody looks after the request from outside its own flow; its end waits for that moment to pass.</summary>
    const int Held = 2;

    /// <summary>Given to a request whose particulars are not in place yet: in use, and not to be held.</summary>
    const int Taken = 3;

    static readonly Func<object, Task> Starting = static slot => ((RequestSlot)slot).OnStarting();
    static readonly Func<object, Task> Completed = static slot => ((RequestSlot)slot).OnCompleted();

    int _state;
    long _since;
    HttpContext? _context;
    IHttpRequestFeature? _request;
    IHttpResponseFeature? _response;
    IHttpRequestLifetimeFeature? _server;
    HandlerToken? _token;
    TaskCompletionSource? _leftBehind;
    bool _cut;
    volatile LongConnection? _long;

    public bool IsInUse => Volatile.Read(ref _state) != Free;

    /// <summary>The long connection that this request has turned out to be; null for all others.</summary>
    public LongConnection? Long => _long;

    public TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - _since);

    public CancellationToken RequestAborted
    {
        get => Token.Linked(_server!);
        set => Token.Replace(value);
    }

    /// <summary>Completes when the handler is waited for no longer. Made only for requests that somebody sees to the end.</summary>
    public Task LeftBehind => (_leftBehind ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Made for the first who asks: the handler in its flow, or the drain from outside.</summary>
    HandlerToken Token => _token ?? Interlocked.CompareExchange(ref _token, new HandlerToken(), null) ?? _token;

    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Free) == Free;

    public void Begin(HttpContext context, IFeatureCollection features, IHttpRequestFeature request)
    {
        _since = Environment.TickCount64;
        _context = context;
        _request = request;
        _server = features as IHttpRequestLifetimeFeature ?? features.Get<IHttpRequestLifetimeFeature>();
        features.Set<IHttpRequestLifetimeFeature>(this);
        _response = features as IHttpResponseFeature ?? features.GetRequiredFeature<IHttpResponseFeature>();
        _response.OnStarting(Starting, this);
        _response.OnCompleted(Completed, this);
        Volatile.Write(ref _state, InUse);
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
        if (!TryHold())
        {
            return;
        }

        LongConnection? ending = null;
        try
        {
            var behavior = OnDrainAttribute.Of(_context!);
            if (behavior == DrainBehavior.End)
            {
                _long ??= new LongConnection();
            }
            else if (_long is null && (EventStream.Is(_response!.Headers) || EventStream.IsAllThatIsAskedFor(_request!)))
            {
                // A stream that waits for its first event has sent nothing yet, and would hold the process as long as one that has.
                _long = new LongConnection(HubConnections.Serve(_context!));
            }

            ending = behavior == DrainBehavior.Finish ? null : _long;
        }
        finally
        {
            Release();
        }

        ending?.End(this);
    }

    /// <summary>Fires the token that the handler of <paramref name="connection"/> got; too late for it, nothing happens.</summary>
    public void FireToken(LongConnection connection)
    {
        if (!TryHold())
        {
            return;
        }

        var token = _long == connection ? Token : null;
        token?.Spend();
        Release();
        token?.Fire();
    }

    /// <summary>
    /// The application's own abort. A WebSocket aborts when the token of its handler fires; after our close frame that
    /// would be a reset, which may overtake the frame at a client that has not read it yet.
    /// </summary>
    public void Abort()
    {
        if (_long is not { IsEnded: true, ClientKnows: true })
        {
            _server?.Abort();
        }
    }

    /// <summary>Aborts the request of a handler that did not return in time, and leaves the handler behind; too late for it, nothing happens.</summary>
    public void Abort(LongConnection connection)
    {
        if (!TryHold())
        {
            return;
        }

        var (server, leftBehind) = _long == connection ? (_server, _leftBehind) : default;
        Release();
        server?.Abort();
        leftBehind?.TrySetResult();
    }

    /// <summary>The request counts as cut from here on, not as finished.</summary>
    /// <returns>Null when it has just ended.</returns>
    public CutWork? TryCut()
    {
        if (!TryHold())
        {
            return null;
        }

        _cut = true;
        var work = new CutWork($"{_request!.Method} {_request.PathBase}{_request.Path}", Age);
        Release();
        return work;
    }

    /// <summary>Keeps the request from ending while it is looked at; false when it has ended already.</summary>
    bool TryHold()
    {
        var spin = default(SpinWait);
        while (true)
        {
            switch (Interlocked.CompareExchange(ref _state, Held, InUse))
            {
                case InUse:
                    return true;
                case Free or Taken:
                    return false;
                default:
                    spin.SpinOnce();
                    break;
            }
        }
    }

    void Release() => Volatile.Write(ref _state, InUse);

    Task OnStarting()
    {
        var response = _response!;
        if (_long is null && EventStream.Is(response.Headers))
        {
            StreamingEndpoints.Streams(_context!);

            // The drain's next look ends it: not now, while its first write is under way.
            _long = new LongConnection(HubConnections.Serve(_context!));
        }

        // In the request's own flow: a response either says so or leaves the connection open for one that does.
        if (closing.Announced && response.StatusCode != StatusCodes.Status101SwitchingProtocols && HasConnectionHeader(_request!.Protocol))
        {
            response.Headers.Connection = "close";
        }

        return Task.CompletedTask;
    }

    /// <summary>HTTP/2 and later have no such header (RFC 9113, section 8.2.2).</summary>
    static bool HasConnectionHeader(string protocol) => HttpProtocol.IsHttp11(protocol) || HttpProtocol.IsHttp10(protocol);

    Task OnCompleted()
    {
        _token?.Unlink();
        TryHold();
        if (_token is not null && !_token.TryReuse())
        {
            _token = null;
        }

        (_server, _request, _response, _context, _long, _leftBehind) = (null, null, null, null, null, null);
        if (!_cut)
        {
            closing.CountFinished();
        }

        _cut = false;
        connection?.RequestEnded();
        Volatile.Write(ref _state, Free);
        return Task.CompletedTask;
    }
}
