using System.Diagnostics;
using Descarte.Conformance.Client;

namespace Descarte.Conformance.Load;

/// <summary>Runs a closed-loop load until it is stopped, its bounds are reached, or every client was refused. No request is ever sent twice.</summary>
public sealed class LoadGenerator : IAsyncDisposable
{
    static readonly TimeSpan PauseAfterRefused = TimeSpan.FromMilliseconds(10);

    readonly LoadOptions _options;
    readonly byte[] _request;
    readonly CancellationTokenSource _stopping;
    readonly List<Exchange>[] _records;
    readonly Lock _gate = new();
    readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    long _started;
    int _answered;

    LoadGenerator(LoadOptions options)
    {
        _options = options;
        // A client that will not come back says so, as ab does, and every HTTP/1.0 client.
        var request = options.Use == ConnectionUse.New ? options.Request.With("Connection", "close") : options.Request;
        _request = request.ToBytes(options.Target);
        _stopping = new CancellationTokenSource(options.Duration);
        _records = [.. Enumerable.Range(0, options.Clients).Select(_ => new List<Exchange>(256))];
        Completion = Task.WhenAll(Enumerable.Range(0, options.Clients).Select(client => Task.Run(() => RunClientAsync(client))));
    }

    /// <summary>Ends when no client sends any more.</summary>
    public Task Completion { get; }

    /// <summary>How many requests have been answered so far.</summary>
    public int Answered
    {
        get
        {
            lock (_gate)
            {
                return _answered;
            }
        }
    }

    /// <summary>Starts the clients.</summary>
    public static LoadGenerator Start(LoadOptions options) => new(options);

    /// <summary>Waits until so many requests were answered: the event that says that the load is on.</summary>
    public Task AnsweredAsync(int count, CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            if (_answered >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            return reached.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Sends no further request, gives up connecting, waits for the answers under way, and returns everything that was seen.</summary>
    public async Task<LoadResult> StopAsync()
    {
        await _stopping.CancelAsync();
        await Completion;
        return new LoadResult([.. _records.SelectMany(records => records)]);
    }

    /// <summary>Stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    async Task RunClientAsync(int client)
    {
        var random = new Random(unchecked((_options.Seed * 7919) + client));
        var records = _records[client];
        var limit = new CancellationTokenSource();
        LoadConnection? connection = null;
        try
        {
            while (!_stopping.IsCancellationRequested && await PauseAsync(random, records.Count) && Interlocked.Increment(ref _started) <= _options.MaxRequests)
            {
                var startedAt = Stopwatch.GetTimestamp();
                var reused = connection is { IsReusable: true };
                if (!reused)
                {
                    (connection, var failure) = await ReconnectAsync(connection);
                    if (connection is null)
                    {
                        Record(records, new Exchange { Client = client, Outcome = failure, StartedAt = startedAt, EndedAt = Stopwatch.GetTimestamp() });
                        if (!_options.OnAfterRefused)
                        {
                            break;
                        }

                        await DelayAsync(PauseAfterRefused);
                        continue;
                    }
                }

                limit.CancelAfter(_options.AnswerTimeout);
                var exchange = await connection!.ExchangeAsync(() => DelayAsync(_options.Hold * 2 * random.NextDouble()), limit.Token);
                Record(records, exchange with { Client = client, StartedAt = startedAt, Reused = reused });
                if (_options.Use == ConnectionUse.New || exchange.Outcome.IsLost())
                {
                    await connection.DisposeAsync();
                    connection = null;
                }

                if (!limit.TryReset())
                {
                    limit.Dispose();
                    limit = new CancellationTokenSource();
                }
            }
        }
        finally
        {
            limit.Dispose();
            await (connection?.DisposeAsync() ?? default);
        }
    }

    async ValueTask<(LoadConnection?, Outcome)> ReconnectAsync(LoadConnection? old)
    {
        await (old?.DisposeAsync() ?? default);
        return await LoadConnection.OpenAsync(_options, _request, _stopping.Token);
    }

    async ValueTask<bool> PauseAsync(Random random, int sequence)
    {
        // By inversion; 1 - [0,1) is never zero.
        return _options.MeanPause == default || sequence == 0 || await DelayAsync(_options.MeanPause * -Math.Log(1 - random.NextDouble()));
    }

    async Task<bool> DelayAsync(TimeSpan time)
    {
        await Task.Delay(time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_stopping.IsCancellationRequested;
    }

    void Record(List<Exchange> records, Exchange exchange)
    {
        records.Add(exchange with { Sequence = records.Count });
        if (exchange.Outcome.IsAnswered())
        {
            lock (_gate)
            {
                _answered++;
                _waiters.RemoveAll(waiter => _answered >= waiter.Count && waiter.Reached.TrySetResult());
            }
        }
    }
}
