using Descarte.Conformance.Client;
using Descarte.Conformance.Load;
using Descarte.Tests.Client;
using Microsoft.AspNetCore.Builder;

namespace Descarte.Tests.Load;

public class LoadGeneratorTests
{
    static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [InlineData(ConnectionUse.New, false)]
    [InlineData(ConnectionUse.KeepAlive, false)]
    [InlineData(ConnectionUse.KeepAlive, true)]
    public async Task Every_answer_is_recorded_with_its_number(ConnectionUse use, bool tls)
    {
        var count = 0;
        await using var kestrel = await KestrelServer.StartAsync(true, app => app.MapGet("/", () => $"Hello World! {Interlocked.Increment(ref count)} times."));
        await using var load = LoadGenerator.Start(new LoadOptions { Target = kestrel.Target, Clients = 8, Use = use, Http2 = tls, MaxRequests = 200 });
        await load.AnsweredAsync(200, Test);
        await load.Completion;
        var result = await load.StopAsync();
        Assert.Equal((200, 200, 200), (result.Answered, result.Attempted, count));
        Assert.Equal(Enumerable.Range(1, 200).Select(number => (long)number), result.Numbers.Order());
        Assert.Equal(use == ConnectionUse.New ? 200 : 8, result.Exchanges.Count(exchange => !exchange.Reused));
        Assert.All(result.Exchanges, exchange => Assert.True(exchange.WrittenAt > 0 && exchange.StartedAt <= exchange.WrittenAt && exchange.FirstByteAt <= exchange.EndedAt));
    }

    [Fact(Timeout = 20_000)]
    public async Task A_client_ends_when_it_is_refused_and_a_lost_request_is_not_sent_again()
    {
        var requests = 0;
        FakeServer server = null!;
        server = FakeServer.Start(async socket =>
        {
            await FakeServer.ReadHeadAsync(socket);
            if (Interlocked.Increment(ref requests) == 3)
            {
                await server.DisposeAsync();
                FakeServer.Reset(socket);
                return;
            }

            await FakeServer.SayAsync(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1");
        });
        await using var load = LoadGenerator.Start(new LoadOptions { Target = server.Target, Clients = 1, Use = ConnectionUse.New });
        await load.Completion;
        var result = await load.StopAsync();
        Assert.Equal([Outcome.Answered, Outcome.Answered, Outcome.Reset, Outcome.Refused], result.Exchanges.Select(exchange => exchange.Outcome));
        Assert.Equal(3, requests);
        Assert.Single(result.Lost);
        Assert.Equal("2 Answered, 1 Refused, 1 Reset", result.ToString());
    }

    [Fact(Timeout = 20_000)]
    public async Task A_reset_after_a_whole_answer_is_seen()
    {
        await using var server = FakeServer.Start(async socket =>
        {
            await FakeServer.ReadHeadAsync(socket);
            await FakeServer.SayAsync(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1");
            FakeServer.Reset(socket);
        });
        await using var load = LoadGenerator.Start(new LoadOptions { Target = server.Target, Clients = 1, MaxRequests = 1 });
        await load.Completion;
        var exchange = Assert.Single((await load.StopAsync()).Exchanges);
        // The reset may overtake the answer in the client's kernel, which is the very reason why it is wrong.
        Assert.Contains(exchange.Outcome, new[] { Outcome.AnsweredThenReset, Outcome.Reset });
    }

    [Fact(Timeout = 20_000)]
    public async Task Silence_is_recorded_and_does_not_end_the_client()
    {
        var silent = new TaskCompletionSource();
        var requests = 0;
        await using var server = FakeServer.Start(async socket =>
        {
            await FakeServer.ReadHeadAsync(socket);
            if (Interlocked.Increment(ref requests) == 1)
            {
                await silent.Task;
                return;
            }

            await FakeServer.SayAsync(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
        });
        await using var load = LoadGenerator.Start(new LoadOptions { Target = server.Target, Clients = 1, MaxRequests = 2, AnswerTimeout = TimeSpan.FromSeconds(2) });
        await load.Completion;
        silent.SetResult();
        Assert.Equal([Outcome.TimedOut, Outcome.Answered], (await load.StopAsync()).Exchanges.Select(exchange => exchange.Outcome));
    }

    [Fact]
    public void The_first_number_of_a_body_is_found()
    {
        Assert.Equal(42, LoadOptions.FirstNumber("Hello World! 42 times 7."u8));
        Assert.Null(LoadOptions.FirstNumber("Hello World!"u8));
    }
}
