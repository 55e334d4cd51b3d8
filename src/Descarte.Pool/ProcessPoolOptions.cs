namespace Descarte;

/// <summary>How a <see cref="ProcessPool"/> looks after its workers.</summary>
public sealed class ProcessPoolOptions
{
    /// <summary>More workers than this are taken for a slip of the pen.</summary>
    public const int MostWorkers = 1024;

    /// <summary>
    /// The pool's name for <c>descarte ps</c> and the other verbs: 1 to 64 letters, digits, dots, dashes and underscores. By default the
    /// program's name, followed by the supervisor's process id when a pool of that name runs already.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// Worker processes, 1 to 1024; 0 for no pool: the program then serves in one process. Default: what WEB_CONCURRENCY
    /// says, a number or <c>auto</c> for one a processor (within the limit of the cgroup), and 2 without it.
    /// <c>WEB_CONCURRENCY=0</c> means one process whatever is set here.
    /// </summary>
    public int? Workers { get; set; }

    /// <summary>
    /// Addresses to listen on, such as <c>http://localhost:5000</c>, <c>:5000</c> for every interface, or
    /// <c>http://unix:/run/app.sock</c>. Default: what <c>--urls</c> says, or ASPNETCORE_URLS, or PORT (on loopback), or
    /// http://localhost:5000. Not looked at when a service manager hands sockets over (LISTEN_FDS).
    /// </summary>
    public IList<string> Listen { get; } = [];

    /// <summary>Who named the addresses, for errors: a variable or an option. Null when nobody did.</summary>
    public string? ListenOrigin { get; set; }

    /// <summary>The grace period: how long workers have between SIGTERM and SIGKILL. 0 to 24 h; default 10 s, Docker's.</summary>
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A worker that has fed its watchdog (<c>WATCHDOG=1</c>) and then is silent for this long is replaced, and so is one that is suspended
    /// for this long. 1 s to 24 h; default 10 s.
    /// </summary>
    public TimeSpan Watchdog { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A worker that is not ready after this time is replaced. 1 s to 24 h; default 30 s.</summary>
    public TimeSpan BootTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A worker that does not speak the notify protocol counts as ready after this time. 0 to 1 h; default 1 s. Those of
    /// <see cref="ProcessPool"/> speak it, and are ready when they say so.
    /// </summary>
    public TimeSpan ReadyAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A worker older than this is replaced; up to a tenth is added at random, lest all go at once. 1 s to 365 days; default never.</summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>A worker whose process group has more resident memory than this is replaced. In bytes, from 1 MiB; default no limit. Linux only.</summary>
    public long? MaxMemory { get; set; }
}
