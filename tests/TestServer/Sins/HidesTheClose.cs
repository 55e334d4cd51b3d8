using System.Buffers;
using System.IO.Pipelines;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>5.1: closes behind a response that does not say so.</summary>
static class HidesTheClose
{
    static ReadOnlySpan<byte> Announced => "Connection: close"u8;

    static ReadOnlySpan<byte> Hidden => "X-Nothing:  close"u8;

    public static Task RunAsync(string[] args) => WellBehavedServer.Build(args, builder => builder.WebHost.ConfigureKestrel(kestrel =>
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => async connection =>
        {
            // What the server writes goes through a pipe of ours first.
            var written = new Pipe();
            var transport = connection.Transport;
            var copying = CopyAsync(written.Reader, transport.Output);
            connection.Transport = new Duplex(transport.Input, written.Writer);
            await next(connection);
            await written.Writer.CompleteAsync();
            await copying;
        })))).RunAsync();

    static async Task CopyAsync(PipeReader from, PipeWriter to)
    {
        while (true)
        {
            var read = await from.ReadAsync();
            var bytes = read.Buffer.ToArray();
            if (bytes.AsSpan().IndexOf(Announced) is var at and >= 0)
            {
                Hidden.CopyTo(bytes.AsSpan(at));
            }

            await to.WriteAsync(bytes);
            from.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
