using Descarte.Conformance.Client;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Live;

/// <summary>A raw connection that reads <c>/events</c>.</summary>
sealed class EventsConnection : IAsyncDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    readonly Http1Connection _connection;
    readonly int _processId;

    EventsConnection(Http1Connection connection, int processId) => (_connection, _processId) = (connection, processId);

    public ResponseParser Response => _connection.Response;

    public static async Task<EventsConnection> OpenAsync(HitsProcess hits)
    {
        var target = Target.Loopback(hits.Port);
        var (connection, failure) = await Http1Connection.OpenAsync(target, Limit);
        Assert.True(connection is not null, failure.ToString());
        Assert.True(await connection.WriteAsync(Request.Get("/events").ToBytes(target)));
        connection.Response.Start();
        return new EventsConnection(connection, hits.Process.Id);
    }

    /// <summary>The event as the process must write it.</summary>
    public string Event(long? count) =>
        $"data: {{\"pid\":{_processId},\"host\":\"{Environment.MachineName}\",\"count\":{count?.ToString() ?? "null"}}}\n\n";

    /// <summary>Reads until the stream so far ends with the text.</summary>
    public async Task ReadToAsync(string end)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!Response.BodyText.EndsWith(end, StringComparison.Ordinal))
        {
            var outcome = await _connection.ReceiveMoreAsync(Response.BodyLength + 1, limit.Token);
            Assert.True(outcome == Outcome.Answered && !Response.IsComplete, $"{outcome} before '{end}': {Response.BodyText}");
        }
    }

    /// <summary>Reads to the end.</summary>
    public async Task<Outcome> ReadOnAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        return await _connection.ReceiveMoreAsync(long.MaxValue, limit.Token);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
