using Descarte.Conformance.Client;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>Whose number the process ends with.</summary>
public class ExitCodeTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_program_with_a_number_of_its_own_keeps_it()
    {
        await using var server = await RunningServer.StartAsync("own-number", "IPv4");
        await Stop.Tell(server).EndsAsync(Stop.Soon, 7);
    }

    [Fact(Timeout = 60_000)]
    public async Task But_not_when_the_end_was_forced()
    {
        await using var server = await RunningServer.StartAsync("own-number", "IPv4");
        await using var work = await Raw.OpenAsync(server.Target);
        Assert.Equal(Outcome.Answered, await work.SendAsync(Request.Get("/work"), Raw.Limit));
        server.Terminate();
        await server.Process.Output.WaitForLineAsync(": stopping with 1 ", Raw.Limit);
        await Stop.Tell(server, Signal.Interrupt).EndsAsync(Stop.Soon, 143);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_application_that_stops_itself_drains_and_keeps_its_number()
    {
        await using var server = await RunningServer.StartAsync();
        await using var uploading = await Raw.OpenUploadingAsync(server.Target);
        await server.Process.Output.WaitForLineAsync("/upload", Raw.Limit);
        await using var stopping = await Raw.OpenAsync(server.Target);
        await stopping.SayAsync("POST /stop HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(Outcome.Answered, await stopping.ReceiveAsync(cancellation: Raw.Limit));

        await server.RefusesAsync();
        Assert.False(server.Process.HasExited);
        await uploading.FinishAsync();
        await server.EndsCleanAsync();
        Assert.Contains(server.Process.Output.Lines, line => line.Contains("StopApplication: stopped after ", StringComparison.Ordinal));
    }
}
