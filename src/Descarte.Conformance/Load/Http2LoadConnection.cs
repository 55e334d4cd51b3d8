using System.Diagnostics;
using Descarte.Conformance.Client;
using Descarte.Conformance.Client.Http2;

namespace Descarte.Conformance.Load;

sealed class Http2LoadConnection(Http2Connection connection, LoadOptions options) : LoadConnection
{
    public override bool IsReusable => connection.IsReusable;

    public override async ValueTask<Exchange> ExchangeAsync(Func<Task> hold, CancellationToken limit)
    {
        Http2Stream? stream = null;
        Outcome outcome;
        try
        {
            stream = await SendAsync(hold, limit);
            outcome = stream is null ? Outcome.Refused : await stream.Completion.WaitAsync(limit);
        }
        catch (OperationCanceledException)
        {
            outcome = Outcome.TimedOut;
        }

        return new Exchange
        {
            Outcome = outcome,
            Status = stream?.Status ?? 0,
            Number = stream is not null && outcome.IsAnswered() ? options.Number(stream.Body) : null,
            ConnectedAt = connection.ConnectedAt,
            WrittenAt = stream?.WrittenAt ?? 0,
            FirstByteAt = stream?.FirstByteAt ?? 0,
            EndedAt = stream is { EndedAt: > 0 } ? stream.EndedAt : Stopwatch.GetTimestamp(),
        };
    }

    public override ValueTask DisposeAsync() => connection.DisposeAsync();

    /// <returns>Null when the connection was closed before anything was written.</returns>
    async ValueTask<Http2Stream?> SendAsync(Func<Task> hold, CancellationToken limit)
    {
        switch (options.Shape)
        {
            case RequestShape.Silent:
                await hold();
                return connection.IsReusable ? await connection.SendAsync(options.Request, cancellation: limit) : null;
            case RequestShape.HalfHead:
                return await connection.SendAsync(options.Request, halfWay: hold, cancellation: limit);
            case RequestShape.HalfBody:
                var stream = await connection.SendAsync(options.Request, whole: false, cancellation: limit);
                var half = options.Request.Body.Length / 2;
                await stream.WriteAsync(options.Request.Body[..half], end: false, limit);
                await hold();
                await stream.WriteAsync(options.Request.Body[half..], end: true, limit);
                return stream;
            default:
                return await connection.SendAsync(options.Request, cancellation: limit);
        }
    }
}
