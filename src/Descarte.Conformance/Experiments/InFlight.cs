using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Experiments;

/// <summary>Stops while requests are in flight that the subject has provably taken.</summary>
static class InFlight
{
    const int Clients = 3;
    const int UploadLength = 64 * 1024;
    const int SmallBuffer = 4096;

    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(60);
    static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    public static async Task SlowAsync(Stage stage, CancellationToken cancellation)
    {
        if (stage.Settings.Slow is not { } path)
        {
            return;
        }

        // The signal sweeps through the service time.
        var whole = stage.Calibrations.FirstOrDefault(calibration => calibration.Role == Role.Slow)?.Whole ?? 0;
        var rounds = stage.Rounds(3, 1);
        for (var round = 0; round < rounds; round++)
        {
            var share = (round + stage.Random.NextDouble()) / rounds;
            var trial = await RunAsync(stage, Experiment.Slow, round, Role.Slow, path, async act =>
            {
                await Task.Delay(TimeSpan.FromMicroseconds(whole * 0.8 * share), cancellation);
                act.Stop();
            }, cancellation);
            if (IsHopeless(trial))
            {
                return;
            }
        }
    }

    /// <summary>One stop told twice, as a terminal and a parent that forwards do it.</summary>
    public static Task SecondSignalAsync(Stage stage, CancellationToken cancellation)
    {
        var role = stage.Settings.Slow is null ? Role.Load : Role.Slow;
        return RunAsync(stage, Experiment.SecondSignal, 0, role, stage.Settings.Slow ?? stage.LoadPath, async act =>
        {
            act.Stop();
            await Task.Delay(Moment, cancellation);
            act.Stop();
        }, cancellation);
    }

    /// <summary>Clients that send the next request behind one in flight, and are closed on with it unread.</summary>
    public static async Task TalkativeAsync(Stage stage, CancellationToken cancellation)
    {
        if (stage.Settings.Slow is { } path)
        {
            await RunAsync(stage, Experiment.Talkative, 0, Role.Talkative, path, act =>
            {
                act.Stop();
                return Task.CompletedTask;
            }, cancellation);
        }
    }

    /// <summary>Responses of which a part was read.</summary>
    public static async Task DownloadAsync(Stage stage, CancellationToken cancellation)
    {
        if (stage.Settings.Download is { } path)
        {
            await RunAsync(stage, Experiment.Download, 0, Role.Download, path, act =>
            {
                act.Stop();
                return Task.CompletedTask;
            }, cancellation);
        }
    }

    /// <summary>Uploads of which half was sent.</summary>
    public static async Task UploadAsync(Stage stage, CancellationToken cancellation)
    {
        if (stage.Settings.Upload is { } path)
        {
            await RunAsync(stage, Experiment.Upload, 0, Role.Upload, path, act =>
            {
                act.Stop();
                return Task.CompletedTask;
            }, cancellation);
        }
    }

    /// <summary>A request that does not end: an upload that stops half way, or a response that nobody reads on.</summary>
    public static async Task EndlessAsync(Stage stage, CancellationToken cancellation)
    {
        if (stage.Settings is { Quick: false } settings && (settings.Upload ?? settings.Download) is { } path)
        {
            await RunAsync(stage, Experiment.LongRequest, 0, Role.Endless, path, act =>
            {
                act.Stop();
                return Task.CompletedTask;
            }, cancellation);
        }
    }

    /// <summary>The request that <c>--upload</c> is tried with.</summary>
    public static Request Upload(Stage stage, string path) => stage.Get(path) with { Method = "POST", Body = new byte[UploadLength] };

    static bool IsHalfRead(Stage stage, Role role) => role == Role.Download || (role == Role.Endless && stage.Settings.Upload is null);

    static bool IsHopeless(Trial trial) => trial.ReadyAt is null || trial.KilledAt is not null;

    static async Task<Trial> RunAsync(Stage stage, Experiment experiment, int round, Role role, string path, Func<Act, Task> signal, CancellationToken cancellation)
    {
        await using var act = await stage.StartAsync(experiment, round, cancellation);
        if (!act.IsReady)
        {
            return await act.FinishAsync();
        }

        var clients = new List<Conversation>();
        for (var client = 0; client < Clients; client++)
        {
            if (await Conversation.OpenAsync(act, role, path, ConnectLimit, cancellation, IsHalfRead(stage, role) ? SmallBuffer : 0) is { } conversation)
            {
                clients.Add(conversation);
                await BeginAsync(stage, act, conversation, role, path, cancellation);
            }
        }

        await Conversation.AwaitTakenAsync(clients, cancellation);
        await signal(act);
        await using (Prober.Start(act, cancellation))
        {
            var going = clients.Select((conversation, client) => GoOnAsync(act, conversation, role, path, client, cancellation)).ToList();
            await act.EndAsync(later: false, cancellation);
            await Task.WhenAll(going);
        }

        return await act.FinishAsync();
    }

    static async Task BeginAsync(Stage stage, Act act, Conversation conversation, Role role, string path, CancellationToken cancellation)
    {
        if (role == Role.Upload || (role == Role.Endless && stage.Settings.Upload is not null))
        {
            var bytes = Upload(stage, path).ToBytes(act.Target);
            await conversation.WriteAsync(bytes.AsMemory(0, bytes.Length - (UploadLength / 2)), cancellation);
            return;
        }

        await conversation.WriteAsync(cancellation);
        if (IsHalfRead(stage, role))
        {
            await conversation.ReadSomeAsync(1, cancellation);
        }
    }

    static async Task GoOnAsync(Act act, Conversation conversation, Role role, string path, int client, CancellationToken cancellation)
    {
        switch (role)
        {
            case Role.Upload:
                await Task.Delay(Moment, cancellation);
                await conversation.WriteAsync(new byte[UploadLength / 2], cancellation);
                break;
            case Role.Talkative:
                await Task.Delay(Moment / 2, cancellation);
                await conversation.WriteAsync(act.Stage.Get(path).ToBytes(act.Target), cancellation);
                break;
            case Role.Download:
                await Task.Delay(Moment, cancellation);
                await conversation.ReceiveRestAsync(client, cancellation);
                return;
            case Role.Endless when IsHalfRead(act.Stage, role):
                // What is still on its way then says whether it had been written to the end before. Of a container it goes soon with the address.
                await act.Life.Over.WaitAsync(act.Stage.Grace + ConnectLimit, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await conversation.ReceiveRestAsync(client, cancellation);
                return;
        }

        await conversation.ReceiveAsync(client, cancellation);
    }
}
