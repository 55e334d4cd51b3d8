using System.Diagnostics;
using Descarte.Conformance.Client;
using Descarte.Harness;

namespace Descarte.ContainerTests.Docker;

/// <summary>One request on a connection of its own.</summary>
static class Asking
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <returns>The status and the body; status 0 where no whole answer came.</returns>
    public static async Task<(int Status, string Body)> AskAsync(Target target, string path)
    {
        using var limit = new CancellationTokenSource(Limit);
        var (connection, _) = await Http1Connection.OpenAsync(target, Limit, limit.Token);
        if (connection is null)
        {
            return default;
        }

        await using (connection)
        {
            return (await connection.SendAsync(Request.Get(path), limit.Token)).IsAnswered()
                ? (connection.Response.Status, connection.Response.BodyText)
                : default;
        }
    }

    /// <summary>Asks for a number until one comes.</summary>
    public static async Task<long> FirstNumberAsync(Target target, TimeSpan limit)
    {
        var begun = Stopwatch.GetTimestamp();
        (int Status, string Body) answer;
        while ((answer = await AskAsync(target, "/")).Status != 200)
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < limit, $"No number for {limit}, but {answer}");
            await Task.Delay(20);
        }

        return HitsProcess.Number(answer.Body.TrimEnd());
    }
}
