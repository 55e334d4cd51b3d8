namespace Descarte.Conformance.Judging;

/// <summary>The thresholds of the clauses.</summary>
static class Limits
{
    /// <summary>From one question during a start to the answer of the next (1.2): for so long a subject may be ready and nobody know.</summary>
    public static readonly TimeSpan BetweenAsks = TimeSpan.FromMilliseconds(10);

    /// <summary>From the signal to the end of a subject that has nothing to do (2.1).</summary>
    public static readonly TimeSpan IdleStop = TimeSpan.FromSeconds(2);

    /// <summary>What a stop may take however fast the start is (2.3).</summary>
    public static readonly TimeSpan StopAtLeast = TimeSpan.FromSeconds(1);

    /// <summary>From the signal to the last connection made (3.1), and to the last response that does not announce the close (5.1).</summary>
    public static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(100);

    /// <summary>The same, with a warning.</summary>
    public static readonly TimeSpan AlmostAtOnce = TimeSpan.FromMilliseconds(250);

    /// <summary>From the signal to failing readiness, and the least time of service after the signal (3.2).</summary>
    public static readonly TimeSpan LameDuck = TimeSpan.FromSeconds(1);

    /// <summary>From the end of the process to the end of the last connection (3.3).</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a connect that got no answer may hang beyond the end, and as long again as it had tried before: a lost SYN is sent again after 1 s, and each time
    /// after twice as long (RFC 6298, section 5.5), and a door that is being closed may lose it on purpose. The first two tries
    /// (3 s) can also fall to a connection of the same two ports that the system has not forgotten yet.
    /// </summary>
    public static readonly TimeSpan Retransmission = TimeSpan.FromMilliseconds(3_500);

    /// <summary>From the signal to the end of an idle connection (5.2).</summary>
    public static readonly TimeSpan IdleClose = TimeSpan.FromSeconds(1);

    /// <summary>
    /// From a client's look whether its connection is still open to its request (5.4). A server may close an idle connection whenever it likes, and who is held
    /// up for longer in between cannot have seen it (RFC 9112, section 9.5).
    /// </summary>
    public static readonly TimeSpan LookToRequest = TimeSpan.FromMilliseconds(1);

    /// <summary>What silent connections may add to a stop (5.3).</summary>
    public static readonly TimeSpan SilentDelay = TimeSpan.FromSeconds(1);

    /// <summary>What open event streams and WebSockets may add to a stop (6.1, 6.3).</summary>
    public static readonly TimeSpan StreamDelay = TimeSpan.FromSeconds(2);

    /// <summary>What a start after a stop may take more than the first, at least; or half as much again (8.1).</summary>
    public static readonly TimeSpan StartVariation = TimeSpan.FromMilliseconds(500);

    /// <summary>From the end of a worker process to its successor (11.1), and from the end of the watchdog's time to that (11.2).</summary>
    public static readonly TimeSpan Replacement = TimeSpan.FromSeconds(1);

    /// <summary>How long a successor is waited for, behind the watchdog's time where there is one: a late one is measured, not cut at the limit (11.1, 11.2).</summary>
    public static readonly TimeSpan Successor = TimeSpan.FromSeconds(5);

    /// <summary>The longest time in which nobody is served while a worker hangs, or twice what an answer took before where that is longer (11.2).</summary>
    public static readonly TimeSpan Unserved = TimeSpan.FromSeconds(1);

    /// <summary>From the end of an orphan in a container to the moment in which it is reaped (10.2).</summary>
    public static readonly TimeSpan Reaping = TimeSpan.FromSeconds(1);

    /// <summary>The shortest service time with which a request can be caught in flight (4.1).</summary>
    public static readonly TimeSpan SlowEnough = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest gap between two signals that are one stop told twice (2.5).</summary>
    public static readonly TimeSpan OneStopToldTwice = TimeSpan.FromMilliseconds(200);
}
