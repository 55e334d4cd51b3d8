using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Hits;

/// <summary>
/// <c>GET /events</c>: the counter as server-sent events (WHATWG HTML, section 9.2): one on connecting and one on each
/// change, at most ten a second; a comment every 15 s keeps the connection known to be alive.
/// </summary>
/// <remarks>
/// The data is <c>{"pid":812,"host":"web-1","count":42}</c>, the process that serves and the number of the last hit; the
/// count is null while the store is out of reach. Ends when the request is aborted, which a drain does too.
/// </remarks>
internal sealed class EventsEndpoint(CountFeed feed, TimeProvider time)
{
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    readonly string _process = string.Create(
        CultureInfo.InvariantCulture,
        $"data: {{\"pid\":{Environment.ProcessId},\"host\":\"{JavaScriptEncoder.Default.Encode(Environment.MachineName)}\",\"count\":");

    public async Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";

        // nginx would gather the events; other proxies pass this over.
        response.Headers["X-Accel-Buffering"] = "no";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        using var watch = feed.Begin();
        try
        {
            // Half a second to the next process, not the browser's three or more.
            await WriteAsync(response, "retry: 500\n\n", context.RequestAborted);
            await SendAsync(response, watch, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone, or this process is about to.
        }
    }

    async Task SendAsync(HttpResponse response, CountFeed.Watch watch, CancellationToken aborted)
    {
        Reading? sent = null;
        var beat = time.GetTimestamp();
        while (!aborted.IsCancellationRequested)
        {
            var (reading, changed) = watch.Look();
            if (reading is not null && reading != sent)
            {
                sent = reading;
                var count = reading.Number?.ToString(CultureInfo.InvariantCulture) ?? "null";
                await WriteAsync(response, $"{_process}{count}}}\n\n", aborted);
            }

            var left = Heartbeat - time.GetElapsedTime(beat);
            if (left <= TimeSpan.Zero)
            {
                beat = time.GetTimestamp();
                await WriteAsync(response, ": alive\n\n", aborted);
                left = Heartbeat;
            }

            await changed.WaitAsync(left, time, aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    static async Task WriteAsync(HttpResponse response, string text, CancellationToken aborted)
    {
        response.BodyWriter.Write(Encoding.UTF8.GetBytes(text));
        await response.BodyWriter.FlushAsync(aborted);
    }
}
