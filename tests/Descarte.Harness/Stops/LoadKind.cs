using Descarte.Conformance.Client;
using Descarte.Conformance.Load;

namespace Descarte.Harness.Stops;

/// <summary>How the clients of a stop behave.</summary>
/// <param name="Name">For people.</param>
/// <param name="Use">One connection a request, or kept.</param>
/// <param name="Http2">HTTP/2 instead of HTTP/1.1.</param>
/// <param name="Tls">Encrypted.</param>
/// <param name="Pause">Mean pause between two requests of a client, as a connection pool looks from outside.</param>
/// <param name="Shape">In how many pieces a client speaks and listens.</param>
public sealed record LoadKind(
    string Name, ConnectionUse Use, bool Http2 = false, bool Tls = false, TimeSpan Pause = default, RequestShape Shape = RequestShape.Whole)
{
    /// <summary>More than one read takes, less than an upload's limit anywhere.</summary>
    const int BodyLength = 64 * 1024;

    /// <summary>Far less than a page of Hits, so that a part of it waits for the client.</summary>
    const int SmallReceiveBuffer = 2048;

    public static LoadKind New { get; } = new("new", ConnectionUse.New);

    public static LoadKind KeepAlive { get; } = new("keep-alive", ConnectionUse.KeepAlive);

    public static LoadKind Pausing { get; } = new("keep-alive, pausing", ConnectionUse.KeepAlive, Pause: TimeSpan.FromMilliseconds(20));

    public static LoadKind Http2New { get; } = new("HTTP/2 new", ConnectionUse.New, Http2: true);

    public static LoadKind Http2KeepAlive { get; } = new("HTTP/2 keep-alive", ConnectionUse.KeepAlive, Http2: true);

    public static LoadKind TlsNew { get; } = new("TLS new", ConnectionUse.New, Tls: true);

    public static LoadKind TlsKeepAlive { get; } = new("TLS keep-alive", ConnectionUse.KeepAlive, Tls: true);

    public static LoadKind Http2TlsNew { get; } = new("HTTP/2 over TLS new", ConnectionUse.New, Http2: true, Tls: true);

    public static LoadKind Http2TlsKeepAlive { get; } = new("HTTP/2 over TLS keep-alive", ConnectionUse.KeepAlive, Http2: true, Tls: true);

    public static LoadKind Silent { get; } = new("silent at first", ConnectionUse.New, Shape: RequestShape.Silent);

    public static LoadKind HalfHead { get; } = new("half-sent heads", ConnectionUse.KeepAlive, Shape: RequestShape.HalfHead);

    public static LoadKind HalfBody { get; } = new("half-uploaded bodies", ConnectionUse.KeepAlive, Shape: RequestShape.HalfBody);

    public static LoadKind HalfRead { get; } = new("half-read responses", ConnectionUse.KeepAlive, Shape: RequestShape.HalfRead);

    public static LoadKind Http2Silent { get; } = new("HTTP/2 silent at first", ConnectionUse.New, Http2: true, Shape: RequestShape.Silent);

    public static LoadKind Http2HalfHead { get; } = new("HTTP/2 half-sent heads", ConnectionUse.KeepAlive, Http2: true, Shape: RequestShape.HalfHead);

    public static LoadKind Http2HalfBody { get; } = new("HTTP/2 half-uploaded bodies", ConnectionUse.KeepAlive, Http2: true, Shape: RequestShape.HalfBody);

    /// <summary>Its connections are closed while nothing is under way, where HTTP/1.1 has a window of its own.</summary>
    public bool IsIdleAtTimes => Pause != default;

    public static IReadOnlyList<LoadKind> All { get; } =
    [
        New, KeepAlive, Pausing, Silent, HalfHead, HalfBody, HalfRead, TlsNew, TlsKeepAlive,
        Http2New, Http2KeepAlive, Http2Silent, Http2HalfHead, Http2HalfBody, Http2TlsNew, Http2TlsKeepAlive,
    ];

    /// <summary>A load of this kind.</summary>
    public LoadOptions Against(int port, int seed) => new()
    {
        Target = Target.Loopback(port) with { Tls = Tls, Insecure = true, ReceiveBuffer = Shape == RequestShape.HalfRead ? SmallReceiveBuffer : 0 },
        Request = Shape switch
        {
            RequestShape.HalfBody => Request.Get() with { Body = new byte[BodyLength] },
            RequestShape.HalfRead => Request.Get("/live"),
            _ => Request.Get(),
        },
        Shape = Shape,

        // 64 TLS handshakes at once, on both sides of one busy machine.
        ConnectTimeout = TimeSpan.FromSeconds(30),
        AnswerTimeout = TimeSpan.FromSeconds(30),

        // The live page is no answer of the counter, whatever numbers are in it.
        Number = Shape == RequestShape.HalfRead ? static _ => null : LoadOptions.FirstNumber,
        Use = Use,
        Http2 = Http2,
        MeanPause = Pause,
        LooksBehind = IsIdleAtTimes,
        Seed = seed,
    };

    /// <summary>The environment in which Kestrel speaks to clients of this kind on a port of 127.0.0.1.</summary>
    public Dictionary<string, string?> Environment(int port, TestCertificate certificate)
    {
        var variables = new Dictionary<string, string?>
        {
            ["ASPNETCORE_URLS"] = null,
            ["Kestrel__Endpoints__load__Url"] = $"{(Tls ? "https" : "http")}://127.0.0.1:{port}",
            ["Kestrel__Endpoints__load__Protocols"] = Http2 ? "Http2" : "Http1",
        };
        if (Tls)
        {
            variables["Kestrel__Endpoints__load__Certificate__Path"] = certificate.CertificatePath;
            variables["Kestrel__Endpoints__load__Certificate__KeyPath"] = certificate.KeyPath;
        }

        return variables;
    }

    public override string ToString() => Name;
}
