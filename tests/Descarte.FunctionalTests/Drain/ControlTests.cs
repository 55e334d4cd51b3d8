using Descarte.Conformance.Load;
using Descarte.Harness;
using Descarte.Harness.Stops;

namespace Descarte.FunctionalTests.Drain;

/// <summary>
/// The same clients against the default host: they must see losses, or they could not see any. The other kinds of HTTP/2 saw none in twenty stops: Kestrel's
/// own GOAWAY keeps what is on a connection, and only the queue of new ones is lost.
/// </summary>
[Collection(LoadCollection.Name)]
public sealed class ControlTests : IDisposable
{
    readonly TestCertificate _certificate = new();

    [Theory(Timeout = 120_000)]
    [InlineData("new")]
    [InlineData("keep-alive")]
    [InlineData("keep-alive, pausing")]
    [InlineData("silent at first")]
    [InlineData("half-sent heads")]
    [InlineData("half-uploaded bodies")]
    [InlineData("half-read responses")]
    [InlineData("TLS new")]
    [InlineData("TLS keep-alive")]
    [InlineData("HTTP/2 new")]
    public async Task The_default_host_loses_requests(string name)
    {
        var kind = LoadKind.All.Single(kind => kind.Name == name);
        LoadResult? last = null;
        for (var seed = 1; seed <= 20; seed++)
        {
            var port = FreePort.Next();
            await using var server = await TestServerProcess.StartAsync("default-host", port, kind.Environment(port, _certificate));
            var stop = await StopUnderLoad.RunAsync(server.Process, kind.Against(port, seed), Signal.Terminate, TimeSpan.FromSeconds(40));
            last = stop.Load;
            if (last.Lost.Count > 0)
            {
                return;
            }
        }

        Assert.Fail($"20 stops of the default host without a loss; the last: {last}");
    }

    public void Dispose() => _certificate.Dispose();
}
