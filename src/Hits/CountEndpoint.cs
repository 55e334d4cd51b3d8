using System.Globalization;
using System.IO.Pipelines;

namespace Hits;

/// <summary><c>GET /</c>: one hit, answered with its own number.</summary>
internal sealed class CountEndpoint(ICounterStore store)
{
    const int LongestNumber = 20;

    static ReadOnlySpan<byte> Before => "Hello World! "u8;

    static ReadOnlySpan<byte> After => " times."u8;

    public async Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            response.ContentType = "text/html; charset=utf-8";
        }
        else if (await store.IncrementAsync() is { } number)
        {
            response.ContentType = "text/html; charset=utf-8";
            response.ContentLength = Write(response.BodyWriter, number);
        }
        else
        {
            await OutOfReachAsync(response);
        }
    }

    // The server flushes what is written here when the request ends: one packet with the head.
    static int Write(PipeWriter body, long number)
    {
        var span = body.GetSpan(Before.Length + LongestNumber + After.Length);
        Before.CopyTo(span);
        number.TryFormat(span[Before.Length..], out var digits, provider: CultureInfo.InvariantCulture);
        After.CopyTo(span[(Before.Length + digits)..]);
        var length = Before.Length + digits + After.Length;
        body.Advance(length);
        return length;
    }

    static async Task OutOfReachAsync(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers.RetryAfter = "1";
        response.ContentType = "text/plain; charset=utf-8";
        var body = "The counter is out of reach. Try again in a second.\n"u8.ToArray();
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body);
    }
}
