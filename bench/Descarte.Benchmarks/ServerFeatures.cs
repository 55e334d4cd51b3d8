using System.Collections;
using Descarte.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Descarte.Benchmarks;

/// <summary>The features of a request as a server keeps them: fields chosen by type, callbacks in stacks that are reused.</summary>
sealed class ServerFeatures(TrackedConnection connection) : IFeatureCollection, IHttpRequestFeature, IHttpResponseFeature, IHttpRequestLifetimeFeature
{
    readonly Stack<KeyValuePair<Func<object, Task>, object>> _onStarting = new();
    readonly Stack<KeyValuePair<Func<object, Task>, object>> _onCompleted = new();
    IHttpRequestLifetimeFeature? _lifetime;

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public string Protocol { get; set; } = "HTTP/1.1";

    public string Scheme { get; set; } = "http";

    public string Method { get; set; } = "GET";

    public string PathBase { get; set; } = "";

    public string Path { get; set; } = "/";

    public string QueryString { get; set; } = "";

    public string RawTarget { get; set; } = "/";

    IHeaderDictionary IHttpRequestFeature.Headers { get; set; } = Typed(headers => headers.Accept = "*/*");

    public int StatusCode { get; set; } = 200;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = Typed(headers => headers.ContentType = "text/html; charset=utf-8");

    public Stream Body { get; set; } = Stream.Null;

    public bool HasStarted => false;

    public CancellationToken RequestAborted { get; set; }

    public object? this[Type key]
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public TFeature? Get<TFeature>()
    {
        if (typeof(TFeature) == typeof(IHttpRequestFeature))
        {
            return (TFeature)(object)this;
        }

        if (typeof(TFeature) == typeof(IHttpResponseFeature))
        {
            return (TFeature)(object)this;
        }

        if (typeof(TFeature) == typeof(IHttpRequestLifetimeFeature))
        {
            return (TFeature)(_lifetime ?? this);
        }

        return typeof(TFeature) == typeof(TrackedConnection) ? (TFeature)(object)connection : default;
    }

    public void Set<TFeature>(TFeature? instance)
    {
        Revision++;
        if (typeof(TFeature) == typeof(IHttpRequestLifetimeFeature))
        {
            _lifetime = (IHttpRequestLifetimeFeature?)instance;
        }
    }

    public void Reset()
    {
        Revision++;
        _lifetime = null;
        _onStarting.Clear();
        _onCompleted.Clear();
    }

    public void FireOnStarting() => Fire(_onStarting);

    public void FireOnCompleted() => Fire(_onCompleted);

    public void OnStarting(Func<object, Task> callback, object state) => _onStarting.Push(new(callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => _onCompleted.Push(new(callback, state));

    public void Abort()
    {
    }

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => Enumerable.Empty<KeyValuePair<Type, object>>().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    static IHeaderDictionary Typed(Action<IHeaderDictionary> fill)
    {
        IHeaderDictionary headers = new TypedHeaders();
        fill(headers);
        return headers;
    }

    static void Fire(Stack<KeyValuePair<Func<object, Task>, object>> callbacks)
    {
        while (callbacks.TryPop(out var callback))
        {
            callback.Key(callback.Value);
        }
    }
}
