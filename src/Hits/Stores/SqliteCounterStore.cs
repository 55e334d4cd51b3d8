using Microsoft.Data.Sqlite;

namespace Hits;

/// <summary>Counts in a SQLite file, safe for several processes at once.</summary>
/// <remarks>
/// One thread owns the file. It takes all hits that wait, adds them in one transaction with one flush to the disk, and
/// gives each its own number: under load many hits share the price of one, and a lone hit waits for nobody.
/// </remarks>
internal sealed class SqliteCounterStore : ICounterStore
{
    const int Busy = SQLitePCL.raw.SQLITE_BUSY;
    const int Locked = SQLitePCL.raw.SQLITE_LOCKED;

    /// <summary>How long it tries to get the file while others keep it locked: so that callers are told before they give up.</summary>
    static readonly TimeSpan LockLimit = ICounterStore.Limit - TimeSpan.FromMilliseconds(100);

    readonly string _path;
    readonly StoreLog _log;
    readonly Thread _thread;
    readonly object _gate = new();
    List<Caller> _waiting = [];
    bool _closing;

    // Owned by the thread.
    SqliteFile? _file;
    long _last;

    SqliteCounterStore(string path, SqliteFile? file, ILogger logger)
    {
        _path = path;
        _file = file;
        Description = "SQLite file " + Printable.Line(path);
        _log = new StoreLog(Description, logger, TimeProvider.System);
        _thread = new Thread(Work) { Name = "SQLite", IsBackground = true };
        _thread.Start();
    }

    public string Description { get; }

    /// <summary>Opens the file, creates it where there is none.</summary>
    /// <exception cref="BadSettingException">It cannot be created, written or understood. A lock held by another process is no such reason: it passes.</exception>
    public static SqliteCounterStore Open(SqliteSettings settings, ILogger logger)
    {
        var path = Path.GetFullPath(settings.Path);
        try
        {
            return new SqliteCounterStore(path, RetryWhileLocked(() => SqliteFile.Open(path)), logger);
        }
        catch (SqliteException exception) when (IsLocked(exception))
        {
            return new SqliteCounterStore(path, null, logger);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw SqliteTrouble.AtStart(path, exception);
        }
    }

    public ValueTask<long?> IncrementAsync() => AskAsync(new Caller(Wish.Hit));

    public ValueTask<long?> ReadAsync() => AskAsync(new Caller(Wish.Read));

    public async ValueTask<bool> CanCountAsync() => await AskAsync(new Caller(Wish.Check)) is not null;

    /// <summary>Answers who still waits, then closes the file, which folds the journal into it.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        return ValueTask.CompletedTask;
    }

    async ValueTask<long?> AskAsync(Caller caller)
    {
        lock (_gate)
        {
            if (_closing)
            {
                return null;
            }

            _waiting.Add(caller);
            Monitor.Pulse(_gate);
        }

        try
        {
            return await caller.Task.WaitAsync(ICounterStore.Limit);
        }
        catch (TimeoutException)
        {
            // Who has gone is not counted any more, unless the thread is about it at this moment.
            if (caller.TrySetResult(null))
            {
                _log.OutOfReach("no answer in time");
            }

            return await caller.Task;
        }
    }

    void Work()
    {
        var (batch, empty) = (new List<Caller>(), new List<Caller>());
        while (true)
        {
            lock (_gate)
            {
                while (_waiting.Count == 0 && !_closing)
                {
                    Monitor.Wait(_gate);
                }

                if (_waiting.Count == 0)
                {
                    break;
                }

                (batch, _waiting) = (_waiting, empty);
            }

            Serve(batch);
            batch.Clear();
            empty = batch;
        }

        _file?.Dispose();
    }

    void Serve(List<Caller> batch)
    {
        try
        {
            if (RetryWhileLocked(() => TryServe(batch)))
            {
                // SQLite's lock has no queue. Whoever has just had it and comes straight back would shut the others out.
                Thread.Sleep(1);
            }
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            _log.OutOfReach(SqliteTrouble.Reason(exception));
            batch.ForEach(caller => caller.TrySetResult(null));
            if (!IsLocked(exception))
            {
                // A full disk, a failed read, a file put in its place: begin anew.
                _file?.Dispose();
                _file = null;
            }
        }
    }

    /// <returns>Whether other processes count in the file too.</returns>
    bool TryServe(List<Caller> batch)
    {
        // Anew with each try: who gave up while the file was locked must not be counted when it is free.
        batch.RemoveAll(caller => caller.Task.IsCompleted);
        if (batch.Count == 0)
        {
            return false;
        }

        var file = _file ??= SqliteFile.Open(_path);
        var hits = batch.Count(caller => caller.Wish == Wish.Hit);
        var contended = hits > 0 && Add(file, batch, hits);
        if (hits == 0 && batch.Exists(caller => caller.Wish == Wish.Check))
        {
            file.TryWrite();
            _log.Counted();
        }

        if (hits < batch.Count)
        {
            var number = file.Read();
            batch.ForEach(caller => caller.TrySetResult(number));
        }

        return contended;
    }

    bool Add(SqliteFile file, List<Caller> batch, int hits)
    {
        var last = file.Add(hits);
        _log.Counted();
        var number = last - hits;
        var others = number != _last;
        _last = last;
        foreach (var caller in batch)
        {
            if (caller.Wish == Wish.Hit)
            {
                caller.TrySetResult(++number);
            }
        }

        return others;
    }

    static T RetryWhileLocked<T>(Func<T> work)
    {
        var until = Environment.TickCount64 + (long)LockLimit.TotalMilliseconds;
        while (true)
        {
            try
            {
                return work();
            }
            catch (SqliteException exception) when (IsLocked(exception) && Environment.TickCount64 < until)
            {
                Thread.Sleep(1);
            }
        }
    }

    static bool IsLocked(Exception exception) => exception is SqliteException { SqliteErrorCode: Busy or Locked };

    enum Wish
    {
        Hit,
        Check,
        Read,
    }

    /// <summary>Somebody who waits for a number. Continues on the thread pool, never on the thread that owns the file.</summary>
    sealed class Caller(Wish wish) : TaskCompletionSource<long?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Wish Wish { get; } = wish;
    }
}
