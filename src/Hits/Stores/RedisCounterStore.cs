using StackExchange.Redis;

namespace Hits;

/// <summary>Counts in Redis: the number of a hit is what INCR answers.</summary>
internal sealed class RedisCounterStore : ICounterStore
{
    static readonly RedisKey Key = "hits";

    readonly StoreLog _log;
    readonly Task<ConnectionMultiplexer> _connecting;

    RedisCounterStore(RedisSettings settings, ILogger logger)
    {
        Description = "Redis at " + settings.Servers;
        _log = new StoreLog(Description, logger, TimeProvider.System);
        var options = Tune(settings.Options);

        // Off the start path: the process listens meanwhile, and the first hits wait for it.
        _connecting = Task.Run(() => ConnectAsync(options));
    }

    public string Description { get; }

    /// <summary>Starts to connect and returns at once, whether or not Redis is there.</summary>
    public static RedisCounterStore Start(RedisSettings settings, ILogger logger) => new(settings, logger);

    public async ValueTask<long?> IncrementAsync()
    {
        try
        {
            return await DatabaseAsync() is { } database
                ? Answered(await database.StringIncrementAsync(Key).WaitAsync(ICounterStore.Limit))
                : null;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or OperationCanceledException)
        {
            return OutOfReach(exception);
        }
    }

    public async ValueTask<long?> ReadAsync()
    {
        try
        {
            if (await DatabaseAsync() is not { } database)
            {
                return null;
            }

            var value = await database.StringGetAsync(Key).WaitAsync(ICounterStore.Limit);
            if (value.IsNull)
            {
                return Answered(0);
            }

            if (value.TryParse(out long number))
            {
                return Answered(number);
            }

            _log.OutOfReach(NotANumber);
            return null;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or OperationCanceledException)
        {
            return OutOfReach(exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A connection still being made has nobody to wait for it.
        if (_connecting.IsCompletedSuccessfully)
        {
            await (await _connecting).DisposeAsync();
        }
    }

    const string NotANumber = "the key 'hits' does not hold a whole number; look with GET hits, then SET it to one or DEL it";

    /// <summary>Null at once while there is no connection: nothing queues up for a server that is away.</summary>
    async ValueTask<IDatabase?> DatabaseAsync()
    {
        var connection = _connecting.IsCompletedSuccessfully ? _connecting.Result : await _connecting.WaitAsync(ICounterStore.Limit);
        if (connection.IsConnected)
        {
            return connection.GetDatabase();
        }

        _log.OutOfReach("no connection");
        return null;
    }

    async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions options)
    {
        var connection = await ConnectionMultiplexer.ConnectAsync(options);
        connection.ConnectionFailed += (_, failure) =>
        {
            if (failure.ConnectionType == ConnectionType.Interactive)
            {
                _log.OutOfReach("the connection broke");
            }
        };
        connection.ConnectionRestored += (_, _) => _log.Answered();
        return connection;
    }

    long? Answered(long number)
    {
        _log.Answered();
        return number;
    }

    long? OutOfReach(Exception exception)
    {
        _log.OutOfReach(exception switch
        {
            RedisServerException server when IsNotANumber(server.Message) => NotANumber,
            RedisServerException server => server.Message,
            RedisTimeoutException or TimeoutException => "no answer in time",
            _ => "no connection",
        });
        return null;
    }

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
