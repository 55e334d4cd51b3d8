using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Descarte.LongConnections;

/// <summary>Server-sent events are known by their media type (WHATWG HTML, 9.2).</summary>
static class EventStream
{
    public const string MediaType = "text/event-stream";

    public static bool Is(IHeaderDictionary response) =>
        response.ContentType is [{ } type] && type.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase);

    public static bool IsAskedFor(IHeaderDictionary request) =>
        request.Accept is { Count: > 0 } accept && accept.ToString().Contains(MediaType, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether nothing else would do, as for the EventSource of a browser: what such a request waits for is the first event.</summary>
    public static bool IsAllThatIsAskedFor(IHttpRequestFeature request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept is [{ } type] && MediaType.Equals(type, StringComparison.OrdinalIgnoreCase);
}
