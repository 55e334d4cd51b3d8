using Descarte.Conformance.Evidence;
using Descarte.Conformance.Load;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Experiments;

/// <summary>Stops and deaths in the middle of a load.</summary>
static class Loads
{
    const int NewClients = 32;
    const int BusyClients = 8;
    const int PausingClients = 24;

    const int NewcomingClients = 6;

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan Arrival = TimeSpan.FromMilliseconds(15);
    static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(30);

    public static async Task NewAsync(Stage stage, CancellationToken cancellation)
    {
        for (var round = 0; round < stage.Rounds(3, 1); round++)
        {
            var trial = await RunAsync(stage, Experiment.LoadNew, round, act => StopAsync(act, round == 0, cancellation), cancellation);
            if (IsHopeless(trial))
            {
                return;
            }
        }
    }

    public static async Task KeptAsync(Stage stage, CancellationToken cancellation)
    {
        for (var round = 0; round < stage.Rounds(3, 1); round++)
        {
            var trial = await RunAsync(stage, Experiment.LoadKept, round, act => StopAsync(act, false, cancellation), cancellation);
            if (IsHopeless(trial))
            {
                return;
            }
        }
    }

    public static async Task KillAsync(Stage stage, CancellationToken cancellation)
    {
        for (var round = 0; round < stage.Rounds(5, 2); round++)
        {
            var trial = await RunAsync(stage, Experiment.Kill, round, KillAllAsync, cancellation);
            if (IsHopeless(trial))
            {
                return;
            }
        }

        // The last one has to show that it starts again, too, and what it has counted.
        await using var last = await stage.StartAsync(Experiment.Kill, stage.Rounds(5, 2), cancellation);
        await last.FinishAsync();

        async Task KillAllAsync(Act act)
        {
            act.SendKillToAll();
            await act.EndAsync(later: false, cancellation);
        }
    }

    static bool IsHopeless(Trial trial) => trial.ReadyAt is null || trial.KilledAt is not null;

    static async Task StopAsync(Act act, bool later, CancellationToken cancellation)
    {
        act.Stop();
        await using (Prober.Start(act, cancellation))
        {
            await act.EndAsync(later, cancellation);
        }
    }

    static async Task<Trial> RunAsync(Stage stage, Experiment experiment, int round, Func<Act, Task> stop, CancellationToken cancellation)
    {
        await using var act = await stage.StartAsync(experiment, round, cancellation);
        if (!act.IsReady)
        {
            return await act.FinishAsync();
        }

        await using (var first = LoadGenerator.Start(stage.Load(act.Target, First(experiment), experiment == Experiment.LoadKept ? BusyClients : NewClients)))
        await using (var second = experiment == Experiment.LoadKept ? LoadGenerator.Start(stage.Load(act.Target, ConnectionUse.KeepAlive, PausingClients, Pause)) : null)
        {
            await Task.WhenAny(first.AnsweredAsync(NewClients, cancellation), first.Completion, Task.Delay(LoadLimit, cancellation));

            // The signal falls anywhere in the service: no moment is like another to a server under load.
            await Task.Delay(stage.Random.Next(50, 150), cancellation);
            await using var third = experiment == Experiment.LoadKept ? await NewcomersAsync(stage, act, cancellation) : null;
            await stop(act);
            act.Add(await first.StopAsync());
            if (second is not null && third is not null)
            {
                act.Add(await second.StopAsync(), BusyClients);
                act.Add(await third.StopAsync(), BusyClients + PausingClients);
            }
        }

        return await act.FinishAsync();
    }

    /// <summary>
    /// Clients that have just connected when the signal comes, most of whom say something only then, and go on: a server that closes idle connections at the signal may not
    /// know these, and then they hold it for as long as they like.
    /// </summary>
    static async Task<LoadGenerator> NewcomersAsync(Stage stage, Act act, CancellationToken cancellation)
    {
        var newcomers = LoadGenerator.Start(stage.Load(act.Target, ConnectionUse.KeepAlive, NewcomingClients) with { Shape = RequestShape.Silent });
        await Task.Delay(Arrival, cancellation);
        return newcomers;
    }

    static ConnectionUse First(Experiment experiment) => experiment == Experiment.LoadKept ? ConnectionUse.KeepAlive : ConnectionUse.New;
}
