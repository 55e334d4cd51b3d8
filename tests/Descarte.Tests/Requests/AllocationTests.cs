using System.IO.Pipelines;
using Descarte.Benchmarks;
using Descarte.Connections;
using Descarte.Requests;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Descarte.Tests.Requests;

/// <summary>What the drain adds to a request while nothing is stopping. bench/Descarte.Benchmarks says what it costs in time.</summary>
public class AllocationTests
{
    const int Requests = 10_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_request_costs_no_allocation(bool waits)
    {
        var pending = new TaskCompletionSource().Task;
        StreamingEndpoints.Answered(new DefaultHttpContext());
        var closing = new Closing(Options.Create(new HttpDrainOptions()));
        var connections = new ConnectionRegistry(closing);
        var pipe = new Pipe();
        var connection = (TrackedConnection)connections.Add(new DefaultConnectionContext("1", new DuplexPipe(pipe), new DuplexPipe(pipe)));
        var features = new ServerFeatures(connection);
        var context = new DefaultHttpContext();
        var tracked = new RequestTracking(_ => waits ? pending : Task.CompletedTask, connections, closing, new CutList());
        Serve(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Serve(Requests);

        // Room for what the runtime itself allocates once, and for nothing that a request does.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Requests);

        void Serve(int count)
        {
            for (var i = 0; i < count; i++)
            {
                features.Reset();
                context.Initialize(features);
                _ = tracked.Invoke(context);
                features.FireOnStarting();
                features.FireOnCompleted();
            }
        }
    }

    sealed class DuplexPipe(Pipe pipe) : IDuplexPipe
    {
        public PipeReader Input => pipe.Reader;

        public PipeWriter Output => pipe.Writer;
    }
}
