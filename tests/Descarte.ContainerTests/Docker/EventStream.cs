using Descarte.Conformance.Client;

namespace Descarte.ContainerTests.Docker;

/// <summary>A client of <c>/events</c> that stays.</summary>
sealed class EventStream : IAsyncDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    readonly Http1Connection _connection;

    EventStream(Http1Connection connection) => _connection = connection;

    /// <summary>Connects and waits for the first event.</summary>
    public static async Task<EventStream> OpenAsync(Target target)
    {
        var (connection, failure) = await Http1Connection.OpenAsync(target, Limit);
        Assert.True(connection is not null, failure.ToString());
        Assert.True(await connection.WriteAsync(Request.Get("/events").ToBytes(target)));
        connection.Response.Start();
        using var limit = new CancellationTokenSource(Limit);
        while (!connection.Response.BodyText.Contains("data: ", StringComparison.Ordinal))
        {
            Assert.Equal(Outcome.Answered, await connection.ReceiveMoreAsync(connection.Response.BodyLength + 1, limit.Token));
        }

        return new EventStream(connection);
    }

    /// <returns><see cref="Outcome.Answered"/> when the body ended as a body does.</returns>
    public async Task<Outcome> ReadToEndAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        return await _connection.ReceiveMoreAsync(long.MaxValue, limit.Token);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
