using System.Diagnostics;
using Descarte.Conformance.Client;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Hits;

/// <summary>A whole answer, as it came over the socket, and how long it took from the request on.</summary>
sealed record Answer(int Status, string Body, string? ContentType, string? Allow, string? RetryAfter, TimeSpan Time);

/// <summary>One request on a connection of its own, past every client that would try again or follow.</summary>
static class Asking
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static Task<Answer> AskAsync(this HitsProcess hits, string path, string method = "GET") => AskAsync(Target.Loopback(hits.Port), path, method);

    public static async Task<Answer> AskAsync(Target target, string path, string method = "GET")
    {
        using var limit = new CancellationTokenSource(Limit);
        var (connection, failure) = await Http1Connection.OpenAsync(target, Limit, limit.Token);
        Assert.True(connection is not null, $"{failure} at {target.EndPoint}");
        await using (connection)
        {
            var asked = Stopwatch.GetTimestamp();
            var outcome = await connection.SendAsync(new Request(method, path), limit.Token);
            var time = Stopwatch.GetElapsedTime(asked);
            Assert.True(outcome.IsAnswered(), $"{method} {path}: {outcome}");
            var response = connection.Response;
            return new Answer(
                response.Status, response.BodyText, response.Header("Content-Type"), response.Header("Allow"), response.Header("Retry-After"), time);
        }
    }

    /// <summary>Asks until the answer is a number: for stores that come back by themselves.</summary>
    /// <exception cref="TimeoutException">None came in all the time that a store may take to come back.</exception>
    public static async Task<long> FirstNumberAsync(this HitsProcess hits)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(40))
        {
            if (await hits.AskAsync("/") is { Status: 200 } answer)
            {
                return HitsProcess.Number(answer.Body);
            }

            await Task.Delay(20);
        }

        throw new TimeoutException($"No number for 40 s. Hits wrote:\n{hits.Process.Output}\n{hits.Process.Error}");
    }
}
