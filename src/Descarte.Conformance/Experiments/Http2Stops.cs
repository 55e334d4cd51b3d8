using Descarte.Conformance.Client;
using Descarte.Conformance.Client.Http2;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Experiments;

/// <summary>Stops while HTTP/2 streams are open: in TLS by ALPN, in clear with prior knowledge.</summary>
static class Http2Stops
{
    const int Clients = 4;
    const int AnsweredBefore = 5;

    static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);
    static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    public static async Task RunAsync(Stage stage, CancellationToken cancellation)
    {
        for (var round = 0; stage.Settings.Http2 && round < stage.Rounds(3, 1); round++)
        {
            await using var act = await stage.StartAsync(Experiment.Http2, round, cancellation);
            if (!act.IsReady)
            {
                await act.FinishAsync();
                return;
            }

            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var warm = new CountdownEvent(Clients);
            var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => ClientAsync(act, client, warm, over.Token), cancellation)).ToList();
            await Task.WhenAny(Task.WhenAll(clients), Task.Run(() => warm.Wait(LoadLimit, cancellation), cancellation));
            await Task.Delay(stage.Random.Next(10, 60), cancellation);
            act.Stop();
            await act.EndAsync(later: false, cancellation);
            await over.CancelAsync();
            await Task.WhenAll(clients);
            if ((await act.FinishAsync()).KilledAt is not null)
            {
                return;
            }
        }
    }

    /// <summary>Opens one stream after the other, beside a slow one where there is a path for it, as long as the connection allows it.</summary>
    static async Task ClientAsync(Act act, int client, CountdownEvent warm, CancellationToken over)
    {
        var stage = act.Stage;
        var startedAt = stage.Clock.Now;
        var (connection, failure) = await Http2Connection.OpenAsync(act.Target, ConnectLimit, over);
        if (connection is null)
        {
            act.Add(new Sighting { Role = Role.Http2, Client = client, Outcome = failure, StartedAt = startedAt, EndedAt = stage.Clock.Now });
            warm.Signal();
            return;
        }

        await using (connection)
        {
            var slow = stage.Settings.Slow is { } path ? AskAsync(act, connection, client, path) : Task.CompletedTask;
            for (var sent = 1; connection.IsReusable && !over.IsCancellationRequested; sent++)
            {
                await AskAsync(act, connection, client, stage.Settings.Path);
                if (sent == AnsweredBefore)
                {
                    warm.Signal();
                }

                await Task.Delay(Pause, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await slow;

            // The second GOAWAY comes when nothing is open any more.
            await ((Task)connection.Completion).WaitAsync(stage.Grace, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var goAway in connection.GoAways)
            {
                act.Add(new GoAwaySeen(client, goAway.LastStreamId, goAway.ErrorCode, stage.Clock.At(goAway.At)));
            }
        }
    }

    static async Task AskAsync(Act act, Http2Connection connection, int client, string path)
    {
        var stage = act.Stage;
        var startedAt = stage.Clock.Now;
        using var limit = new CancellationTokenSource(stage.Grace + ConnectLimit);
        var stream = await connection.SendAsync(stage.Get(path), cancellation: limit.Token);
        Outcome outcome;
        try
        {
            outcome = await stream.Completion.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            outcome = Outcome.TimedOut;
        }

        act.Add(new Sighting
        {
            Role = Role.Http2,
            Client = client,
            Stream = stream.Id,
            Outcome = outcome,
            Status = stream.Status == 0 ? null : stream.Status,
            StartedAt = startedAt,
            ConnectedAt = stage.Clock.At(connection.ConnectedAt),
            WrittenAt = stage.Clock.AtOrNull(stream.WrittenAt),
            FirstByteAt = stage.Clock.AtOrNull(stream.FirstByteAt),
            EndedAt = stage.Clock.Now,
        });
    }
}
