using System.Text;
using System.Text.Json;
using Descarte.FunctionalTests.Drain;

namespace Descarte.FunctionalTests.Lifecycle;

/// <summary>What the application and its operators learn of a stop, and when.</summary>
public class ReportTests
{
    [Fact(Timeout = 60_000)]
    public async Task The_report_can_be_read_by_a_machine()
    {
        await using var server = await RunningServer.StartAsync(("Logging__Console__FormatterName", "json"));
        await using var uploading = await Raw.OpenAsync(server.Target);
        await uploading.SayAsync("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 ", Encoding.ASCII.GetString(await uploading.ReadBytesAsync(Raw.Limit)), StringComparison.Ordinal);
        var stop = Stop.Tell(server);
        await server.RefusesAsync();
        await uploading.SayAsync("0123456789");
        await uploading.HearsLastAsync("10 bytes");
        await stop.EndsAsync(Stop.Soon, 0);

        using var report = server.Process.Output.Lines.Select(line => JsonDocument.Parse(line)).Single(IsReport);
        var state = report.RootElement.GetProperty("State");
        Assert.Equal("SIGTERM", state.GetProperty("Reason").GetString());
        Assert.Equal(1, state.GetProperty("InFlight").GetInt32());
        Assert.Equal(1, state.GetProperty("Finished").GetInt32());
        Assert.Equal(0, state.GetProperty("Cut").GetInt32());
        Assert.Equal(0, state.GetProperty("ExitCode").GetInt32());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_background_service_learns_of_the_stop_while_a_request_is_under_way()
    {
        await using var server = await RunningServer.StartAsync("early-notice", "IPv4");
        await using var uploading = await Raw.OpenUploadingAsync(server.Target);
        var stop = Stop.Tell(server);

        await server.Process.Output.WaitForLineAsync("service told", Raw.Limit);
        await uploading.FinishAsync();
        await stop.EndsCleanAsync();
    }

    static bool IsReport(JsonDocument line) =>
        line.RootElement.GetProperty("Category").GetString() == "Descarte.Drain" && line.RootElement.GetProperty("EventId").GetInt32() == 2;
}
