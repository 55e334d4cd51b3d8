using System.Globalization;
using Descarte.Conformance.Client;
using Descarte.Conformance.Load;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Drain;

/// <summary>A listening socket that belongs to others, too (<c>LISTEN_FDS</c>): a worker that stops leaves it to them.</summary>
public class InheritedListenerTests
{
    [Fact(Timeout = 90_000)]
    public async Task A_worker_that_stops_leaves_new_connections_to_the_next()
    {
        await using var holder = await HoldAsync();
        var first = await StartWorkerAsync(holder, 0);
        await using var uploading = await Raw.OpenUploadingAsync(holder.Target);
        await using var idle = await Raw.OpenKeptAsync(holder.Target);
        Signals.Send(first, Signal.Terminate);

        // Closed as an idle connection: the drain is under way, and the door with it.
        await idle.HearsEndAsync();
        await using var waiting = await Raw.OpenAsync(holder.Target);
        await waiting.SayAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await uploading.FinishAsync();
        await EndsCleanAsync(holder, first);

        await StartWorkerAsync(holder, 1);
        Assert.Equal(Outcome.Answered, await waiting.ReceiveAsync(cancellation: Raw.Limit));
        Assert.Equal("Hello World! 1 times.", waiting.Response.BodyText);
    }

    [Theory(Timeout = 90_000)]
    [InlineData(ConnectionUse.New)]
    [InlineData(ConnectionUse.KeepAlive)]
    public async Task One_of_two_workers_is_stopped_and_no_client_notices(ConnectionUse use)
    {
        await using var holder = await HoldAsync();
        var workers = new[] { await StartWorkerAsync(holder, 0), await StartWorkerAsync(holder, 1) };
        await using var load = LoadGenerator.Start(new LoadOptions { Target = holder.Target, Clients = 8, Use = use });
        await load.AnsweredAsync(200, Raw.Limit);
        Signals.Send(workers[0], Signal.Terminate);
        await EndsCleanAsync(holder, workers[0]);

        // And the other goes on.
        await StartWorkerAsync(holder, 2);
        Signals.Send(workers[1], Signal.Terminate);
        await EndsCleanAsync(holder, workers[1]);
        Assert.Equal((200, false), await Raw.GetAsync(holder.Target, "/"));
        var seen = await load.StopAsync();
        Assert.True(seen.Lost.Count == 0 && seen.Count(Outcome.Refused) == 0, $"{seen}");
    }

    [Fact(Timeout = 60_000)]
    public async Task Sockets_that_are_meant_for_another_process_are_ignored()
    {
        await using var server = await RunningServer.StartAsync(("LISTEN_PID", "1"), ("LISTEN_FDS", "1"));
        server.Terminate();
        await server.EndsCleanAsync();
    }

    static async Task<TestServerProcess> HoldAsync()
    {
        var environment = new Dictionary<string, string?> { ["Descarte__GracePeriod"] = "00:00:30" };
        var holder = TestServerProcess.Launch("shared-listener", FreePort.Next(), environment);
        await holder.Process.Output.WaitForLineAsync("holding", Raw.Limit);
        return holder;
    }

    /// <summary>Starts one more worker and waits until it serves.</summary>
    /// <param name="holder">Holds the listener.</param>
    /// <param name="before">How many workers have been started before this one.</param>
    /// <returns>The worker's process id.</returns>
    static async Task<int> StartWorkerAsync(TestServerProcess holder, int before)
    {
        holder.Process.Send(Signal.Hangup);
        List<string> started;
        do
        {
            await Task.Delay(1, Raw.Limit);
            started = [.. holder.Process.Output.Lines.Where(line => line.EndsWith(" started", StringComparison.Ordinal))];
        }
        while (started.Count <= before);

        var id = int.Parse(started[before].Split(' ')[1], CultureInfo.InvariantCulture);
        await holder.Process.Output.WaitForLineAsync($"process {id} serves", Raw.Limit);
        return id;
    }

    static async Task EndsCleanAsync(TestServerProcess holder, int worker)
    {
        var line = await holder.Process.Output.WaitForLineAsync($"worker {worker} exited with ", Raw.Limit);
        Assert.True(line.EndsWith(" 0", StringComparison.Ordinal), $"{line}\n{holder.Process.Output}\n{holder.Process.Error}");
    }
}
