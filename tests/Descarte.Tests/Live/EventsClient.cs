using System.IO.Pipelines;
using System.Text;
using Hits;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Descarte.Tests.Live;

/// <summary>One request to /events, without a server: what is written to it, and the moment when the client goes.</summary>
sealed class EventsClient : IDisposable
{
    // A client that does not read blocks the first write already.
    readonly Pipe _body = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
    readonly CancellationTokenSource _gone = new();
    readonly StringBuilder _text = new();

    EventsClient(EventsEndpoint endpoint, string method)
    {
        Context.Request.Method = method;
        Context.RequestAborted = _gone.Token;
        Context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_body.Writer.AsStream()));
        Answer = endpoint.AnswerAsync(Context);
    }

    public DefaultHttpContext Context { get; } = new();

    /// <summary>Ends when the handler returns.</summary>
    public Task Answer { get; }

    /// <summary>All that has been read.</summary>
    public string Text => _text.ToString();

    public static EventsClient Connect(EventsEndpoint endpoint, string method = "GET") => new(endpoint, method);

    /// <summary>Reads until what was read ends with the text.</summary>
    public async Task ReadToAsync(string end)
    {
        while (!Text.EndsWith(end, StringComparison.Ordinal))
        {
            var result = await _body.Reader.ReadAsync();
            foreach (var segment in result.Buffer)
            {
                _text.Append(Encoding.UTF8.GetString(segment.Span));
            }

            _body.Reader.AdvanceTo(result.Buffer.End);
        }
    }

    /// <summary>What a closed connection and a drain do.</summary>
    public void Abort() => _gone.Cancel();

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
