using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Load;
using Descarte.Conformance.Subjects;

namespace Descarte.Conformance.Experiments;

/// <summary>A command of the user's under load: an update, a restart, a node that is drained.</summary>
static class Disturbance
{
    const int NewClients = 16;
    const int KeptClients = 16;

    static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(10);
    static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(30);
    static readonly TimeSpan Before = TimeSpan.FromMilliseconds(500);

    /// <exception cref="SubjectException">Nobody answers, or the command cannot be started.</exception>
    public static async Task RunAsync(Stage stage, CancellationToken cancellation)
    {
        var target = await Visit.FirstHeldAsync(stage.Subject.Target!) ?? stage.Subject.Target!;
        stage.Begin(Experiment.Disturbed);
        var startedAt = stage.Clock.Now;
        await using var fresh = LoadGenerator.Start(Load(stage, target, ConnectionUse.New, NewClients));
        await using var kept = LoadGenerator.Start(Load(stage, target, ConnectionUse.KeepAlive, KeptClients));
        await Task.WhenAny(Task.WhenAll(fresh.AnsweredAsync(NewClients, cancellation), kept.AnsweredAsync(KeptClients, cancellation)), Task.Delay(LoadLimit, cancellation));
        if (fresh.Answered == 0 || kept.Answered == 0)
        {
            throw new SubjectException($"Nobody answers at {target.Authority}: start the service first, and --disturb says what happens to it");
        }

        await Task.Delay(Before, cancellation);
        await using var command = Life.Start(stage.Subject, stage.Clock);
        Ending? ending = null;
        try
        {
            ending = await command.Ended.WaitAsync(CommandLimit, cancellation);
            await Task.Delay(TimeSpan.FromMilliseconds(stage.Settings.SettleMs), cancellation);
        }
        catch (TimeoutException)
        {
            await command.KillAsync();
        }

        var over = stage.Clock.Now;
        var seen = Visit.Seen(stage, await fresh.StopAsync(), 0, over).Concat(Visit.Seen(stage, await kept.StopAsync(), NewClients, over));
        stage.Add(new Trial
        {
            Experiment = Experiment.Disturbed,
            SpawnedAt = startedAt,
            ProcessId = command.Id,
            Signals = [new SentSignal(stage.Settings.Disturbance!, command.SpawnedAt, command.SpawnedAt)],
            ExitedAt = ending?.At,
            ExitCode = ending?.Code,
            KilledAt = ending is null ? over : null,
            Sightings = [.. seen.OrderBy(sighting => sighting.StartedAt)],
            Output = command.Output.ToString(),
        });
    }

    static LoadOptions Load(Stage stage, Target target, ConnectionUse use, int clients) => stage.Load(target, use, clients) with { OnAfterRefused = true };
}
