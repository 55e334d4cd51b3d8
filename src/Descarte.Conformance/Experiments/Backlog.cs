using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Experiments;

/// <summary>
/// Connections that the system has made and the subject has not accepted. All of its processes are suspended while they are made, so that what a
/// busy one has in its queue for a moment is there for certain.
/// </summary>
static class Backlog
{
    const int Clients = 16;

    static readonly TimeSpan ConnectLimit = TimeSpan.FromMilliseconds(500);

    public static async Task RunAsync(Stage stage, CancellationToken cancellation)
    {
        for (var round = 0; round < stage.Rounds(5, 3); round++)
        {
            await using var act = await stage.StartAsync(Experiment.Backlog, round, cancellation);
            if (!act.IsReady)
            {
                await act.FinishAsync();
                return;
            }

            var suspended = act.Life.Tree.Running();
            await Suspension.BeginAsync(suspended, cancellation);
            var clients = await QueueUpAsync(act, cancellation);
            act.Stop();
            suspended.ForEach(id => Native.Send(id, Signal.Continue));
            var receiving = clients.Select((client, index) => client.ReceiveAsync(index, cancellation)).ToList();
            await act.EndAsync(later: false, cancellation);
            await Task.WhenAll(receiving);
            if ((await act.FinishAsync()).KilledAt is not null)
            {
                return;
            }
        }
    }

    static async Task<List<Conversation>> QueueUpAsync(Act act, CancellationToken cancellation)
    {
        var clients = new List<Conversation>();
        for (var client = 0; client < Clients; client++)
        {
            var conversation = await Conversation.OpenAsync(act, Role.Load, act.Stage.LoadPath, ConnectLimit, cancellation);
            if (conversation is null)
            {
                // A short queue is full: nothing wrong with that.
                break;
            }

            await conversation.WriteAsync(cancellation);
            clients.Add(conversation);
        }

        return clients;
    }
}
