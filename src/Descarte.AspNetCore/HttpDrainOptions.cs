namespace Descarte;

/// <summary>How an ASP.NET Core application drains. Bound from the configuration section <c>Descarte</c>, then from code.</summary>
public class HttpDrainOptions : DrainOptions
{
    /// <summary>
    /// How long an HTTP/1.1 connection between two requests is kept while draining: clients that have one on its way, or
    /// are about to reuse the connection, are still answered. Default 100 ms; range zero to 1 min.
    /// </summary>
    public TimeSpan IdleLinger { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long a connection that has not carried a request yet is kept while draining, where that is longer than
    /// <see cref="IdleLinger"/>. Whoever connects means to speak, and with TLS 1.2 the first request is a round trip behind the end of the
    /// handshake. Default 500 ms; range zero to 1 min.
    /// </summary>
    public TimeSpan NewConnectionLinger { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long the server reads on after it closed its side of a connection, idle or with its last response, so that no
    /// reset overtakes what was sent (RFC 9112, section 9.6). Default 250 ms; range zero to 1 min.
    /// </summary>
    public TimeSpan ReadOn { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long a request whose head is half received, or a TLS handshake, may go without a further byte while draining;
    /// then its connection is aborted. Default 2 s; range zero to 1 min.
    /// </summary>
    public TimeSpan HeadTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long the handler of an event stream or WebSocket may take to return once it was told that the connection
    /// ends; then the connection is aborted. Default 1 s; range zero to 1 min.
    /// </summary>
    public TimeSpan LongConnectionTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Path of the readiness endpoint: all health checks but those tagged <c>live</c>. Default <c>/readyz</c>; null for none.
    /// </summary>
    public string? ReadinessPath { get; set; } = "/readyz";

    /// <summary>Path of the liveness endpoint: only health checks tagged <c>live</c>. Default <c>/livez</c>; null for none.</summary>
    public string? LivenessPath { get; set; } = "/livez";
}
