using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Hits;

/// <summary>The open database file and the two statements that the counter needs. For one thread at a time.</summary>
/// <remarks>
/// Below the commands of Microsoft.Data.Sqlite, because those wait for another process's lock in steps of 150 ms and in
/// whole seconds at most, and a request has less than one. Here nothing waits: a lock is an exception with SQLITE_BUSY.
/// </remarks>
internal sealed class SqliteFile : IDisposable
{
    const string Addition =
        "INSERT INTO counters VALUES (?2, ?1) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value RETURNING value";

    readonly SqliteConnection _connection;
    readonly sqlite3 _database;
    readonly sqlite3_stmt _add;
    readonly sqlite3_stmt _read;

    SqliteFile(SqliteConnection connection)
    {
        _connection = connection;
        _database = connection.Handle!;
        Check(raw.sqlite3_busy_timeout(_database, 0));

        // Somebody else's database stays as it is: without the counter's own table the statements do not fit.
        if (!IsEmpty())
        {
            Prepare(Addition).Dispose();
        }

        // A journal that readers and writers share (WAL), flushed to the disk at every commit (FULL): an acknowledged hit
        // survives the death of the process and of the machine. Many hits share one flush, see SqliteCounterStore.
        Execute("PRAGMA journal_mode = WAL");
        Execute("PRAGMA synchronous = FULL");

        // IMMEDIATE takes the write lock also where there is nothing to create, so that a file that cannot be written
        // is found now and not at the first hit.
        Execute("BEGIN IMMEDIATE");
        Execute("CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT");
        Execute("COMMIT");
        _add = Prepare(Addition);
        _read = Prepare("SELECT value FROM counters WHERE name = 'hits'");
    }

    /// <exception cref="SqliteException">Busy, or not to be had.</exception>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be created.</exception>
    public static SqliteFile Open(string path)
    {
        CreateForOwner(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            return new SqliteFile(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Adds so many hits in one transaction.</summary>
    /// <returns>The number of the last of them, once they are on the disk.</returns>
    /// <exception cref="SqliteException">None of them is counted.</exception>
    public long Add(int hits) => Add("hits", hits);

    /// <summary>Writes as a hit does, in a row beside: SQLite leaves a write out that would change nothing.</summary>
    /// <exception cref="SqliteException">A hit could not be counted either.</exception>
    public void TryWrite() => Add("checks", 1);

    long Add(string name, int count)
    {
        try
        {
            Check(raw.sqlite3_bind_int64(_add, 1, count));
            Check(raw.sqlite3_bind_text(_add, 2, name));
            Expect(raw.SQLITE_ROW, raw.sqlite3_step(_add));
            var last = raw.sqlite3_column_int64(_add, 0);

            // The row comes before the commit, the end after it.
            Expect(raw.SQLITE_DONE, raw.sqlite3_step(_add));
            return last;
        }
        finally
        {
            raw.sqlite3_reset(_add);
        }
    }

    /// <summary>The number of the last hit of any process; 0 before the first.</summary>
    public long Read()
    {
        try
        {
            var result = raw.sqlite3_step(_read);
            if (result == raw.SQLITE_DONE)
            {
                return 0;
            }

            Expect(raw.SQLITE_ROW, result);
            return raw.sqlite3_column_int64(_read, 0);
        }
        finally
        {
            raw.sqlite3_reset(_read);
        }
    }

    public void Dispose()
    {
        _add.Dispose();
        _read.Dispose();
        _connection.Dispose();
    }

    // SQLite would create it readable for everybody, and gives the journal the same rights as the file.
    static void CreateForOwner(string path)
    {
        if (OperatingSystem.IsWindows() || File.Exists(path))
        {
            return;
        }

        try
        {
            new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was faster.
        }
    }

    bool IsEmpty()
    {
        using var anything = Prepare("SELECT 1 FROM sqlite_schema LIMIT 1");
        var result = raw.sqlite3_step(anything);
        if (result != raw.SQLITE_ROW)
        {
            Expect(raw.SQLITE_DONE, result);
        }

        return result == raw.SQLITE_DONE;
    }

    sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_database, sql, out var statement));
        return statement;
    }

    void Execute(string sql) => Check(raw.sqlite3_exec(_database, sql));

    void Check(int result) => Expect(raw.SQLITE_OK, result);

    void Expect(int expected, int result)
    {
        if (result != expected)
        {
            // The connection reports extended codes; the exception carries both.
            SqliteException.ThrowExceptionForRC(result, _database);
        }
    }
}
