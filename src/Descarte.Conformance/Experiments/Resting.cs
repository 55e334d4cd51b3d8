using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Experiments;

/// <summary>Stops while connections are open on which nothing happens.</summary>
static class Resting
{
    const int Clients = 8;

    /// <summary>Long enough to be told from a pause between two requests.</summary>
    static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(150);

    static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <summary>After an answer; and started again at once each time, with the ends of those connections still in the system's memory.</summary>
    public static Task IdleConnectionsAsync(Stage stage, CancellationToken cancellation) =>
        RunAsync(stage, Experiment.IdleConnections, stage.Rounds(6, 3), Role.Idle, cancellation);

    /// <summary>Before the first request.</summary>
    public static Task SilentConnectionsAsync(Stage stage, CancellationToken cancellation) =>
        RunAsync(stage, Experiment.SilentConnections, stage.Rounds(2, 1), Role.Silent, cancellation);

    static async Task RunAsync(Stage stage, Experiment experiment, int rounds, Role role, CancellationToken cancellation)
    {
        for (var round = 0; round < rounds; round++)
        {
            await using var act = await stage.StartAsync(experiment, round, cancellation);
            if (!act.IsReady)
            {
                await act.FinishAsync();
                return;
            }

            var clients = new List<Conversation>();
            for (var client = 0; client < Clients; client++)
            {
                if (await Conversation.OpenAsync(act, role, stage.LoadPath, ConnectLimit, cancellation) is { } conversation)
                {
                    clients.Add(conversation);
                    if (role == Role.Idle)
                    {
                        await conversation.AskAsync(cancellation);
                    }
                }
            }

            // Nothing was sent on them that could be unread: taken means accepted.
            await Conversation.AwaitTakenAsync(clients, cancellation);
            await Task.Delay(Rest, cancellation);
            act.Stop();
            var hearing = clients.Select((conversation, client) => conversation.HearEndAsync(client, cancellation)).ToList();
            await using (Prober.Start(act, cancellation))
            {
                await act.EndAsync(later: false, cancellation);
            }

            await Task.WhenAll(hearing);
            if ((await act.FinishAsync()).KilledAt is not null)
            {
                return;
            }
        }
    }
}
