using System.IO.Pipelines;
using Descarte.Connections;
using Descarte.Requests;
using Microsoft.Extensions.Options;

namespace Descarte.Tests.Connections;

/// <summary>A flush hands the caller's token on only where there is something to wait for.</summary>
public class CountedOutputTests
{
    static readonly PipeOptions Small = new(pauseWriterThreshold: 10, resumeWriterThreshold: 5);

    readonly RequestSlots _requests = new(new Closing(Options.Create(new HttpDrainOptions())), connection: null);

    [Fact]
    public async Task A_token_that_has_fired_does_not_fail_a_flush_that_need_not_wait()
    {
        var pipe = new Pipe();
        var output = new CountedOutput(pipe.Writer, _requests);
        await output.WriteAsync("last words"u8.ToArray(), TestContext.Current.CancellationToken);
        var flushed = output.FlushAsync(new CancellationToken(canceled: true));
        Assert.True(flushed.IsCompletedSuccessfully);
        Assert.Equal(10, (await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken)).Buffer.Length);
        Assert.Equal(10, output.Written);
    }

    [Fact]
    public async Task A_token_ends_the_wait_for_a_client_that_does_not_read()
    {
        var output = new CountedOutput(new Pipe(Small).Writer, _requests);
        using var token = new CancellationTokenSource();
        output.GetSpan(10);
        output.Advance(10);
        var flushed = output.FlushAsync(token.Token).AsTask();
        Assert.False(flushed.IsCompleted);
        await token.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flushed);
    }

    [Fact]
    public async Task A_flush_that_waits_ends_when_the_client_reads()
    {
        var pipe = new Pipe(Small);
        var output = new CountedOutput(pipe.Writer, _requests);
        using var token = new CancellationTokenSource();
        output.GetSpan(10);
        output.Advance(10);
        var flushed = output.FlushAsync(token.Token).AsTask();
        pipe.Reader.AdvanceTo((await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken)).Buffer.End);
        Assert.False((await flushed).IsCompleted);
    }
}
