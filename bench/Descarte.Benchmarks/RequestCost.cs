using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using Descarte.Connections;
using Descarte.Requests;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Descarte.Benchmarks;

/// <summary>
/// What the drain adds to a request while nothing is stopping: the same pipeline with and without its middleware, on
/// features that are looked up by type and keep their callbacks in reused stacks, as Kestrel's do.
/// </summary>
[MemoryDiagnoser]
[SimpleJob(launchCount: 1, warmupCount: 5, iterationCount: 15)]
public class RequestCost
{
    static readonly Task Pending = new TaskCompletionSource().Task;

    RequestDelegate _application = null!;
    ServerFeatures _features = null!;
    DefaultHttpContext _context = null!;
    RequestDelegate _tracked = null!;

    /// <summary>Whether the handler has to wait for something, as one with a database does.</summary>
    [Params(false, true)]
    public bool Waits { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _application = Waits ? static _ => Pending : static _ => Task.CompletedTask;

        // An endpoint is known once it has answered; its first requests do cost an allocation.
        StreamingEndpoints.Answered(new DefaultHttpContext());
        var closing = new Closing(Options.Create(new HttpDrainOptions()));
        var connections = new ConnectionRegistry(closing);
        var pipe = new Pipe();
        var transport = new DefaultConnectionContext("1", new DuplexPipe(pipe.Reader, pipe.Writer), new DuplexPipe(pipe.Reader, pipe.Writer));
        var connection = (TrackedConnection)connections.Add(transport);
        _features = new ServerFeatures(connection);
        _context = new DefaultHttpContext();
        _tracked = new RequestTracking(_application, connections, closing, new CutList()).Invoke;
    }

    [Benchmark(Baseline = true)]
    public bool Without() => Request(_application);

    [Benchmark]
    public bool With() => Request(_tracked);

    bool Request(RequestDelegate pipeline)
    {
        _features.Reset();
        _context.Initialize(_features);
        var handled = pipeline(_context);
        _features.FireOnStarting();
        _features.FireOnCompleted();
        return handled.IsCompleted;
    }

    sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
