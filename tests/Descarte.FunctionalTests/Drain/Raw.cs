using System.Text;
using Descarte.Conformance.Client;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Drain;

/// <summary>What raw clients do again and again in these tests. Every wait ends with the test's own time limit.</summary>
static class Raw
{
    static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(20);

    public static CancellationToken Limit => TestContext.Current.CancellationToken;

    public static async Task<Http1Connection> OpenAsync(Target target)
    {
        var (connection, failure) = await Http1Connection.OpenAsync(target, ConnectLimit, Limit);
        return connection ?? throw new InvalidOperationException($"No connection to {target.EndPoint}: {failure}");
    }

    /// <summary>A connection that has been used once and is kept.</summary>
    public static async Task<Http1Connection> OpenKeptAsync(Target target)
    {
        var connection = await OpenAsync(target);
        Assert.Equal(Outcome.Answered, await connection.SendAsync(Request.Get(), Limit));
        Assert.False(connection.Response.MustClose);
        return connection;
    }

    /// <summary>A connection with a request whose body of 2,000 bytes is half sent: it holds the process until <see cref="FinishAsync"/>.</summary>
    public static async Task<Http1Connection> OpenUploadingAsync(Target target)
    {
        var connection = await OpenAsync(target);
        await connection.SayAsync($"POST /upload HTTP/1.1\r\nHost: {target.Authority}\r\nContent-Length: 2000\r\n\r\n{new string('a', 1000)}");
        return connection;
    }

    public static async Task FinishAsync(this Http1Connection uploading)
    {
        await uploading.SayAsync(new string('b', 1000));
        await uploading.HearsLastAsync("2000 bytes");
    }

    public static async Task SayAsync(this Http1Connection connection, string text) =>
        Assert.True(await connection.WriteAsync(Encoding.ASCII.GetBytes(text), Limit), "The connection was gone when the client wrote");

    /// <summary>The answer to what was sent is whole, says <c>Connection: close</c>, and after it comes the end of the stream, no reset.</summary>
    public static async Task HearsLastAsync(this Http1Connection connection, string? body = null, int status = 200)
    {
        var outcome = await connection.ReceiveAsync(cancellation: Limit);
        Assert.True(outcome.IsAnswered(), $"Lost: {outcome}");
        Assert.Equal(status, connection.Response.Status);
        Assert.True(connection.Response.CloseAnnounced, "The response does not say Connection: close");
        if (body is not null)
        {
            Assert.Equal(body, connection.Response.BodyText);
        }

        await connection.HearsEndAsync();
    }

    /// <summary>The server closes with FIN.</summary>
    public static async Task HearsEndAsync(this Http1Connection connection) => Assert.Equal(Outcome.EndOfStream, await connection.ReadEndAsync(Limit));

    /// <summary>The status that a new connection gets.</summary>
    public static async Task<(int Status, bool Close)> GetAsync(Target target, string path)
    {
        await using var connection = await OpenAsync(target);
        var outcome = await connection.SendAsync(Request.Get(path), Limit);
        Assert.True(outcome.IsAnswered(), $"GET {path} on {target.EndPoint}: {outcome}");
        return (connection.Response.Status, connection.Response.CloseAnnounced);
    }

    /// <summary>Waits until a server answers.</summary>
    public static async Task ServesAsync(Target target, ChildProcess process)
    {
        while (true)
        {
            // 404 where there is no such endpoint: it serves all the same.
            var (connection, _) = await Http1Connection.OpenAsync(target, ConnectLimit, Limit);
            await using (connection)
            {
                if (connection is not null && await connection.SendAsync(Request.Get("/readyz"), Limit) == Outcome.Answered)
                {
                    return;
                }
            }

            Assert.False(process.HasExited, $"Exited before it served on {target.EndPoint}:\n{process.Output}\n{process.Error}");
            await Task.Delay(5, Limit);
        }
    }

    /// <summary>Waits until new connections are refused. One that still gets in is closed again by the client.</summary>
    public static async Task RefusedAsync(Target target)
    {
        while (true)
        {
            var (connection, failure) = await Http1Connection.OpenAsync(target, ConnectLimit, Limit);
            if (connection is null)
            {
                Assert.Equal(Outcome.Refused, failure);
                return;
            }

            await connection.DisposeAsync();
            await Task.Delay(1, Limit);
        }
    }
}
