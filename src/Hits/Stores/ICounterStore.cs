namespace Hits;

/// <summary>Where the hits are counted. Safe for many callers at once.</summary>
/// <remarks>
/// Being out of reach is an outcome, not an exception: null. No answer takes longer than <see cref="Limit"/>, whatever hangs.
/// </remarks>
internal interface ICounterStore : IAsyncDisposable
{
    /// <summary>How long a caller waits at most. Under the second that a request may hang, with room for a busy machine.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(750);

    /// <summary>What a person knows the store by, without any secret: <c>Redis at redis:6379</c>.</summary>
    string Description { get; }

    /// <summary>Adds one hit.</summary>
    /// <returns>
    /// The number of this very hit, which no other gets; it is durable as far as the store is. Null when the store is out
    /// of reach or did not say in time: then the hit may have been counted, or not.
    /// </returns>
    ValueTask<long?> IncrementAsync();

    /// <summary>Looks at the counter without counting, also at what other processes have counted.</summary>
    /// <returns>The number of the last hit, 0 before the first; null when the store is out of reach.</returns>
    ValueTask<long?> ReadAsync();

    /// <summary>
    /// Whether a hit could be counted now, found out by writing where it would be written and leaving the number as it
    /// is: a full disk, a lock or a replica can be read all the while.
    /// </summary>
    async ValueTask<bool> CanCountAsync() => await ReadAsync() is not null;
}
