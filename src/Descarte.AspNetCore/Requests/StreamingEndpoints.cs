using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace Descarte.Requests;

/// <summary>
/// Which endpoints need somebody to see their requests to the end, which costs an allocation. That is known of an endpoint
/// once it has answered: until then all of its requests are watched, and from then on only those of endpoints that answer with event streams.
/// </summary>
static class StreamingEndpoints
{
    static readonly object Watched = new();
    static readonly object Ordinary = new();

    /// <summary>Stands for whatever answers without an endpoint.</summary>
    static readonly object None = new();

    /// <summary>Endpoints come and go with their data sources.</summary>
    static readonly ConditionalWeakTable<object, object> Known = [];

    /// <summary>Whether this request, which its handler has not finished at once, has to be watched.</summary>
    public static bool NeedWatching(HttpContext context) => !Known.TryGetValue(Key(context), out var kind) || kind == Watched;

    /// <summary>The endpoint answers with an event stream.</summary>
    public static void Streams(HttpContext context) => Known.AddOrUpdate(Key(context), Watched);

    /// <summary>The endpoint has answered. A refusal (4xx, 5xx) says nothing of what it answers otherwise.</summary>
    public static void Answered(HttpContext context)
    {
        if (context.Response.StatusCode < StatusCodes.Status400BadRequest)
        {
            Known.TryAdd(Key(context), OnDrainAttribute.Of(context) == DrainBehavior.End ? Watched : Ordinary);
        }
    }

    static object Key(HttpContext context) => context.GetEndpoint() ?? None;
}
