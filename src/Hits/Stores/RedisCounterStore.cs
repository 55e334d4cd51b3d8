using StackExchange.Redis;

namespace Hits;

/// <summary>Counts in Redis: the number of a hit is what INCR answers.</summary>
internal sealed class RedisCounterStore : ICounterStore
{
    const string NotANumber = "the key 'hits' does not hold a whole number; look with GET hits, then SET it to one or DEL it";

    static readonly RedisKey Key = "hits";

    readonly StoreLog _log;
    readonly Task<ConnectionMultiplexer> _connecting;
    readonly long _firstHitsWaitUntil = Environment.TickCount64 + 2000;

    RedisCounterStore(RedisSettings settings, ILogger logger, Task started)
    {
        Description = "Redis at " + settings.Servers;
        _log = new StoreLog(Description, logger, TimeProvider.System);
        var options = Tune(settings.Options);

        // Off the start path: the process listens before, and the first hits wait for it. Beside the start it now and then brought it to a stop: a native
        // process was seen, twice in some thousand starts with TLS, that never listened, its main thread and the one that connected both waiting.
        _connecting = ConnectAsync(options, started);
    }

    public string Description { get; }

    /// <summary>Connects once the process has started, and returns at once, whether or not Redis is there.</summary>
    public static RedisCounterStore Start(RedisSettings settings, ILogger logger, Task started) => new(settings, logger, started);

    public ValueTask<long?> IncrementAsync() => AskAsync(static database => database.StringIncrementAsync(Key), counts: true);

    public async ValueTask<bool> CanCountAsync() =>
        await AskAsync(static database => database.StringIncrementAsync(Key, 0), counts: true) is not null;

    public ValueTask<long?> ReadAsync() => AskAsync(static async database =>
    {
        // A replica may say yesterday's number.
        var value = await database.StringGetAsync(Key, CommandFlags.DemandMaster);
        return value.IsNull ? 0 : value.TryParse(out long number) ? number : throw new InvalidDataException(NotANumber);
    }, counts: false);

    public async ValueTask DisposeAsync()
    {
        // A connection still being made has nobody to wait for it.
        if (_connecting.IsCompletedSuccessfully)
        {
            await (await _connecting).DisposeAsync();
        }
    }

    async ValueTask<long?> AskAsync(Func<IDatabase, Task<long>> command, bool counts)
    {
        try
        {
            // One limit for both waits.
            var until = Environment.TickCount64 + (long)ICounterStore.Limit.TotalMilliseconds;
            if (await ConnectionAsync(until) is not { } connection)
            {
                return _log.OutOfReach("no connection yet");
            }

            if (!connection.IsConnected && !_log.IsDue)
            {
                // At once, and without the price of an exception that nobody would read about.
                return _log.OutOfReach();
            }

            var number = await command(connection.GetDatabase()).WaitAsync(Left(until));
            if (counts)
            {
                _log.Counted();
            }

            return number;
        }
        catch (Exception exception)
        {
            // The client library has many; for whoever asks for a number, all of them mean that there is none.
            return _log.OutOfReach(Reason(exception));
        }
    }

    /// <summary>Waits for the first connection, but not in every request while a server that is away lets it take seconds.</summary>
    async ValueTask<ConnectionMultiplexer?> ConnectionAsync(long until)
    {
        if (!_connecting.IsCompleted)
        {
            await Task.WhenAny(_connecting, Task.Delay(Left(Math.Min(until, _firstHitsWaitUntil))));
        }

        return _connecting.IsCompleted ? await _connecting : null;
    }

    static TimeSpan Left(long until) => TimeSpan.FromMilliseconds(Math.Max(0, until - Environment.TickCount64));

    async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions options, Task started)
    {
        await started;
        var connection = await ConnectionMultiplexer.ConnectAsync(options);
        connection.ConnectionFailed += (_, failure) =>
        {
            // Not when this process itself closes it.
            if (failure is { ConnectionType: ConnectionType.Interactive, FailureType: not ConnectionFailureType.ConnectionDisposed })
            {
                _log.OutOfReach("the connection broke");
            }
        };
        connection.ConnectionRestored += (_, _) => _ = CanCountAsync().AsTask();
        return connection;
    }

    static string Reason(Exception exception) => exception switch
    {
        RedisServerException server when IsNotANumber(server.Message) => NotANumber,
        RedisServerException server => server.Message,
        TimeoutException or OperationCanceledException => "no answer in time",
        RedisConnectionException { InnerException: null } when exception.Message.Contains("requires writable", StringComparison.Ordinal) =>
            "it is a replica, which only copies; name the primary",
        RedisConnectionException => $"no connection ({exception.GetBaseException().Message.Split('\n')[0].Trim()})",
        _ => exception.GetBaseException().Message,
    };

    // What INCR says of a text and of a list.
    static bool IsNotANumber(string message) =>
        message.Contains("not an integer", StringComparison.Ordinal) || message.StartsWith("WRONGTYPE", StringComparison.Ordinal);

    static ConfigurationOptions Tune(ConfigurationOptions given)
    {
        var limit = (int)ICounterStore.Limit.TotalMilliseconds;
        var options = given.Clone();
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ReconnectRetryPolicy = new ReconnectSoon();

        // The server may announce a disruption and so ask for more time than a request has.
        options.AsyncTimeout = options.SyncTimeout = limit;
        options.MaintenanceRelaxedTimeout = ICounterStore.Limit;

        // Timeouts and reconnects are looked at once a heartbeat.
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(250);
        return options;
    }

    /// <summary>When to try again, and with that, how long a try may take: 0.5 s, then 1 s, then every 2 s.</summary>
    sealed class ReconnectSoon : IReconnectRetryPolicy
    {
        public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry) =>
            timeElapsedMillisecondsSinceLastRetry >= Math.Min(500 << (int)Math.Min(currentRetryCount, 2), 2000);
    }
}
