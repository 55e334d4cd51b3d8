using System.Diagnostics;
using Descarte.Conformance.Client;
using Descarte.Conformance.Client.Http2;

namespace Descarte.Conformance.Load;

/// <summary>A client's connection, whichever protocol it speaks.</summary>
abstract class LoadConnection : IAsyncDisposable
{
    public abstract bool IsReusable { get; }

    /// <summary>One request, up to the end of its response. The caller adds who and when it was.</summary>
    public abstract ValueTask<Exchange> ExchangeAsync(CancellationToken limit);

    public abstract ValueTask DisposeAsync();

    public static async ValueTask<(LoadConnection? Connection, Outcome Failure)> OpenAsync(LoadOptions options, byte[] request, CancellationToken cancellation)
    {
        if (options.Http2)
        {
            var (http2, failure) = await Http2Connection.OpenAsync(options.Target, options.ConnectTimeout, cancellation);
            return (http2 is null ? null : new OverHttp2(http2, options), failure);
        }

        var (http1, outcome) = await Http1Connection.OpenAsync(options.Target, options.ConnectTimeout, cancellation);
        return (http1 is null ? null : new OverHttp1(http1, options, request), outcome);
    }

    sealed class OverHttp1(Http1Connection connection, LoadOptions options, byte[] request) : LoadConnection
    {
        public override bool IsReusable => connection.IsReusable;

        public override async ValueTask<Exchange> ExchangeAsync(CancellationToken limit)
        {
            await connection.WriteAsync(request, limit);
            var outcome = await connection.ReceiveAsync(options.Request.Method == "HEAD", limit);
            var endedAt = connection.EndedAt;
            var response = connection.Response;
            if (outcome == Outcome.Answered && response.MustClose && await connection.ReadEndAsync(limit) == Outcome.Reset)
            {
                outcome = Outcome.AnsweredThenReset;
            }

            return new Exchange
            {
                Outcome = outcome,
                Status = response.Status,
                CloseAnnounced = response.CloseAnnounced,
                Number = outcome.IsAnswered() ? options.Number(response.Body) : null,
                ConnectedAt = connection.ConnectedAt,
                WrittenAt = connection.WrittenAt,
                FirstByteAt = connection.FirstByteAt,
                EndedAt = endedAt,
            };
        }

        public override ValueTask DisposeAsync() => connection.DisposeAsync();
    }

    sealed class OverHttp2(Http2Connection connection, LoadOptions options) : LoadConnection
    {
        public override bool IsReusable => connection.IsReusable;

        public override async ValueTask<Exchange> ExchangeAsync(CancellationToken limit)
        {
            Http2Stream? stream = null;
            Outcome outcome;
            try
            {
                stream = await connection.SendAsync(options.Request, cancellation: limit);
                outcome = await stream.Completion.WaitAsync(limit);
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
    }
}
