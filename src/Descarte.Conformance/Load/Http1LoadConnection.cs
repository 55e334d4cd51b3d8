using System.Diagnostics;
using Descarte.Conformance.Client;

namespace Descarte.Conformance.Load;

sealed class Http1LoadConnection(Http1Connection connection, LoadOptions options, byte[] request) : LoadConnection
{
    public override bool IsReusable => connection.IsReusable;

    public override async ValueTask<Exchange> ExchangeAsync(Func<Task> hold, CancellationToken limit)
    {
        var isKept = connection.EndedAt != 0;
        var (sent, lookedAt) = await SendAsync(hold, limit);
        var isClosed = options.LooksBehind && isKept && !connection.IsQuiet;
        if (!sent)
        {
            return new Exchange { Outcome = Outcome.Refused, LocalPort = connection.LocalPort, ConnectedAt = connection.ConnectedAt, LookedAt = lookedAt, EndedAt = lookedAt };
        }

        var outcome = await ReceiveAsync(hold, limit);
        if (isClosed && outcome == Outcome.EndOfStream)
        {
            outcome = Outcome.Refused;
        }

        var endedAt = connection.EndedAt;
        var response = connection.Response;
        if (outcome.IsAnswered() && response.MustClose && await connection.ReadEndAsync(limit) == Outcome.Reset)
        {
            outcome = Outcome.AnsweredThenReset;
        }

        return new Exchange
        {
            Outcome = outcome,
            LocalPort = connection.LocalPort,
            Status = response.Status,
            CloseAnnounced = response.CloseAnnounced,
            Number = outcome.IsAnswered() ? options.Number(response.Body) : null,
            ConnectedAt = connection.ConnectedAt,
            LookedAt = lookedAt,
            WrittenAt = connection.WrittenAt,
            FirstByteAt = connection.FirstByteAt,
            EndedAt = endedAt,
        };
    }

    public override ValueTask DisposeAsync() => connection.DisposeAsync();

    /// <returns>Not sent when the connection was closed before anything was written: as good as refused, for the client knows that nothing came of it.</returns>
    async ValueTask<(bool Sent, long LookedAt)> SendAsync(Func<Task> hold, CancellationToken limit)
    {
        var firstPiece = options.Shape switch
        {
            RequestShape.Silent => 0,
            RequestShape.HalfHead => (request.Length - options.Request.Body.Length) / 2,
            RequestShape.HalfBody => request.Length - (options.Request.Body.Length / 2),
            _ => request.Length,
        };
        if (firstPiece > 0)
        {
            await connection.WriteAsync(request.AsMemory(0, firstPiece), limit);
        }

        var lookedAt = 0L;
        if (firstPiece < request.Length)
        {
            await hold();
            if (firstPiece == 0)
            {
                var isOpen = connection.IsQuiet;
                lookedAt = Stopwatch.GetTimestamp();
                if (!isOpen)
                {
                    return (false, lookedAt);
                }
            }

            await connection.WriteAsync(request.AsMemory(firstPiece), limit);
        }

        return (true, lookedAt);
    }

    async ValueTask<Outcome> ReceiveAsync(Func<Task> hold, CancellationToken limit)
    {
        if (options.Shape == RequestShape.HalfRead)
        {
            connection.Begin();
            var outcome = await connection.ReceiveMoreAsync(1, limit);
            if (outcome.IsLost() || connection.Response.IsComplete)
            {
                return outcome;
            }

            await hold();
            return await connection.ReceiveMoreAsync(long.MaxValue, limit);
        }

        return await connection.ReceiveAsync(options.Request.Method == "HEAD", limit);
    }
}
