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
    const int Clients = 64;

    static readonly TimeSpan ConnectLimit = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan Arrival = TimeSpan.FromMilliseconds(100);

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
            var asking = act.Target.Tls ? await HandshakeAsync(act, cancellation) : await QueueUpAsync(act, cancellation);
            act.Stop();
            suspended.ForEach(id => Native.Send(id, Signal.Continue));
            await act.EndAsync(later: false, cancellation);
            await Task.WhenAll(asking);
            if ((await act.FinishAsync()).KilledAt is not null)
            {
                return;
            }
        }
    }

    /// <summary>Nobody can ask anything before the server has done its part of a TLS handshake: these have connected and wait in it.</summary>
    static async Task<List<Task>> HandshakeAsync(Act act, CancellationToken cancellation)
    {
        var haveConnected = false;
        var asking = Enumerable.Range(0, Clients).Select(client => AskAsync(client)).ToList();
        await Task.Delay(Arrival, cancellation);
        haveConnected = TcpTable.Read(act.Life.Id).Count(row => !row.Listens && row.Local.Port == act.Target.Port) >= Clients;
        return asking;

        async Task AskAsync(int client)
        {
            var seen = await Visit.OnceAsync(act, Role.Load, act.Stage.LoadPath, cancellation);

            // Of one whose handshake was cut only the system's table told that it had connected.
            act.Add(seen with { Client = client, ConnectedAt = seen.ConnectedAt ?? (haveConnected && seen.Outcome.IsLost() ? seen.StartedAt : null) });
        }
    }

    static async Task<List<Task>> QueueUpAsync(Act act, CancellationToken cancellation)
    {
        var asking = new List<Task>();
        for (var client = 0; client < Clients; client++)
        {
            var conversation = await Conversation.OpenAsync(act, Role.Load, act.Stage.LoadPath, ConnectLimit, cancellation);
            if (conversation is null)
            {
                // A short queue is full: nothing wrong with that.
                break;
            }

            await conversation.WriteAsync(cancellation);
            asking.Add(conversation.ReceiveAsync(client, cancellation));
        }

        return asking;
    }
}
