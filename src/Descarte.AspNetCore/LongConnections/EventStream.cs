using Microsoft.AspNetCore.Http;

namespace Descarte.LongConnections;

/// <summary>Server-sent events are known by their media type (WHATWG HTML, 9.2).</summary>
static class EventStream
{
    public const string MediaType = "text/event-stream";

    public static bool Is(IHeaderDictionary response) =>
        response.ContentType is [{ } type] && type.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase);

    public static bool IsAskedFor(IHeaderDictionary request) =>
        request.Accept is { Count: > 0 } accept && accept.ToString().Contains(MediaType, StringComparison.OrdinalIgnoreCase);
}
