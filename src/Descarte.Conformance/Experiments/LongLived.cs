using System.Text;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Experiments;

/// <summary>Stops while event streams or WebSockets are open; in the second round their clients connect again as soon as they are thrown out.</summary>
static class LongLived
{
    const int Clients = 3;

    static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);
    static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(5);

    public static Task EventStreamsAsync(Stage stage, CancellationToken cancellation) =>
        RunAsync(stage, Experiment.EventStreams, Role.EventStream, stage.Settings.EventStream, cancellation);

    public static Task WebSocketsAsync(Stage stage, CancellationToken cancellation) =>
        RunAsync(stage, Experiment.WebSockets, Role.WebSocket, stage.Settings.WebSocket, cancellation);

    static async Task RunAsync(Stage stage, Experiment experiment, Role role, string? path, CancellationToken cancellation)
    {
        for (var round = 0; path is not null && round < 2; round++)
        {
            await using var act = await stage.StartAsync(experiment, round, cancellation);
            if (!act.IsReady)
            {
                await act.FinishAsync();
                return;
            }

            var open = new List<Conversation>();
            for (var client = 0; client < Clients; client++)
            {
                if (await OpenAsync(act, role, path, cancellation) is { } conversation)
                {
                    open.Add(conversation);
                }
            }

            act.Stop();
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var again = round == 1;
            var staying = open.Select((conversation, client) => StayAsync(act, conversation, role, path, client, again, over.Token)).ToList();
            await using (Prober.Start(act, cancellation))
            {
                await act.EndAsync(later: false, cancellation);
                await over.CancelAsync();
                await Task.WhenAll(staying);
            }

            if ((await act.FinishAsync()).KilledAt is not null)
            {
                return;
            }
        }
    }

    /// <returns>Null when there was no stream to open.</returns>
    static async Task<Conversation?> OpenAsync(Act act, Role role, string path, CancellationToken cancellation)
    {
        var conversation = await Conversation.OpenAsync(act, role, path, ConnectLimit, cancellation);
        if (conversation is not null)
        {
            await conversation.WriteAsync(Opening(act, role, path), cancellation);
            await conversation.ReadSomeAsync(role == Role.EventStream ? 1 : long.MaxValue, cancellation);
        }

        return conversation;
    }

    static async Task StayAsync(Act act, Conversation conversation, Role role, string path, int client, bool again, CancellationToken over)
    {
        await EndAsync(conversation, role, client);
        while (again && !over.IsCancellationRequested)
        {
            // As an EventSource does, but without its pause of some seconds.
            if (await OpenAsync(act, role, path, over) is { } another)
            {
                await EndAsync(another, role, client);
            }

            await Task.Delay(BetweenAttempts, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // The end of the process ends every connection: nobody has to be interrupted.
        static Task EndAsync(Conversation conversation, Role role, int client) => role == Role.EventStream
            ? conversation.ReceiveRestAsync(client, CancellationToken.None)
            : conversation.HearFramesAsync(client, CancellationToken.None);
    }

    static byte[] Opening(Act act, Role role, string path)
    {
        var request = role == Role.EventStream
            ? act.Stage.Get(path).With("Accept", "text/event-stream")
            : act.Stage.Get(path).With("Connection", "Upgrade").With("Upgrade", "websocket")
                .With("Sec-WebSocket-Version", "13").With("Sec-WebSocket-Key", Convert.ToBase64String(Encoding.ASCII.GetBytes("descarte prove!!")));
        return request.ToBytes(act.Target);
    }
}
