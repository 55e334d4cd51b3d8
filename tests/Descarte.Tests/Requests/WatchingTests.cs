using Descarte.Connections;
using Descarte.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Descarte.Tests.Requests;

/// <summary>
/// Which requests are seen to their end, at the cost of a task of their own. All others return the task of their handler itself.
/// </summary>
public class WatchingTests
{
    readonly Closing _closing = new(Options.Create(new HttpDrainOptions()));
    readonly Endpoint _endpoint = new(null, null, "an endpoint");

    [Fact(Timeout = 30_000)]
    public async Task An_endpoint_that_has_answered_is_not_watched_any_more()
    {
        Assert.True(await IsWatchedAsync(_endpoint));
        Assert.False(await IsWatchedAsync(_endpoint));
        Assert.True(await IsWatchedAsync(new Endpoint(null, null, "another")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(401)]
    [InlineData(503)]
    public async Task A_refusal_says_nothing_of_the_endpoint(int status)
    {
        Assert.True(await IsWatchedAsync(_endpoint, status));
        Assert.True(await IsWatchedAsync(_endpoint));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_endpoint_that_wants_to_be_ended_is_always_watched()
    {
        var endpoint = new Endpoint(null, new EndpointMetadataCollection(new OnDrainAttribute(DrainBehavior.End)), "a long poll");
        Assert.True(await IsWatchedAsync(endpoint));
        Assert.True(await IsWatchedAsync(endpoint));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_endpoint_that_turns_out_to_stream_is_watched_from_then_on()
    {
        await IsWatchedAsync(_endpoint);
        Assert.False(await IsWatchedAsync(_endpoint));
        StreamingEndpoints.Streams(new DefaultHttpContext().With(_endpoint));
        Assert.True(await IsWatchedAsync(_endpoint));
        Assert.True(await IsWatchedAsync(_endpoint));
    }

    [Fact(Timeout = 30_000)]
    public async Task Who_accepts_event_streams_is_watched_whatever_the_endpoint()
    {
        await IsWatchedAsync(_endpoint);
        Assert.True(await IsWatchedAsync(_endpoint, accept: "application/json, text/event-stream"));
        Assert.False(await IsWatchedAsync(_endpoint, accept: "application/json"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Once_the_stop_is_announced_everybody_is()
    {
        await IsWatchedAsync(_endpoint);
        _closing.Announce();
        Assert.True(await IsWatchedAsync(_endpoint));
    }

    async Task<bool> IsWatchedAsync(Endpoint endpoint, int status = 200, string? accept = null)
    {
        var handler = new TaskCompletionSource();
        var tracking = new RequestTracking(_ => handler.Task, new ConnectionRegistry(_closing), _closing, new CutList());
        var context = new DefaultHttpContext().With(endpoint);
        context.Request.Method = "GET";
        context.Request.Headers.Accept = accept;
        context.Response.StatusCode = status;
        var handled = tracking.Invoke(context);
        handler.SetResult();
        await handled;
        return handled != handler.Task;
    }
}

static class ContextExtensions
{
    public static DefaultHttpContext With(this DefaultHttpContext context, Endpoint endpoint)
    {
        context.SetEndpoint(endpoint);
        return context;
    }
}
