using Descarte.Conformance.Client;
using Descarte.Conformance.Client.Http2;

namespace Descarte.Conformance.Load;

/// <summary>A client's connection, whichever protocol it speaks.</summary>
abstract class LoadConnection : IAsyncDisposable
{
    public abstract bool IsReusable { get; }

    /// <summary>One request, up to the end of its response. The caller adds who and when it was.</summary>
    /// <param name="hold">The pause between two pieces of it.</param>
    /// <param name="limit">When to give up.</param>
    public abstract ValueTask<Exchange> ExchangeAsync(Func<Task> hold, CancellationToken limit);

    public abstract ValueTask DisposeAsync();

    public static async ValueTask<(LoadConnection? Connection, Outcome Failure)> OpenAsync(LoadOptions options, byte[] request, CancellationToken cancellation)
    {
        if (options.Http2)
        {
            var (http2, failure) = await Http2Connection.OpenAsync(options.Target, options.ConnectTimeout, cancellation);
            return (http2 is null ? null : new Http2LoadConnection(http2, options), failure);
        }

        var (http1, outcome) = await Http1Connection.OpenAsync(options.Target, options.ConnectTimeout, cancellation);
        return (http1 is null ? null : new Http1LoadConnection(http1, options, request), outcome);
    }
}
