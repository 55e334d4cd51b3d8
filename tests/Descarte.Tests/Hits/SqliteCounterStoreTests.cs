using System.Diagnostics;
using Descarte.Harness;
using Hits;
using Microsoft.Data.Sqlite;

namespace Descarte.Tests.Hits;

public sealed class SqliteCounterStoreTests : IDisposable
{
    readonly TempFolder _folder = new();
    readonly RecordingLogger _logger = new();

    string Path => _folder["hits.db"];

    [Fact(Timeout = 60_000)]
    public async Task Many_callers_at_once_get_every_number_once()
    {
        await using var store = Open();
        var numbers = await Task.WhenAll(Enumerable.Range(0, 5000).Select(_ => Task.Run(() => store.IncrementAsync().AsTask())));
        Assert.Equal(Enumerable.Range(1, 5000).Select(number => (long?)number), numbers.Order());
        Assert.Equal(5000, await store.ReadAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Several_stores_on_one_file_count_exactly()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();
        try
        {
            // Each caller waits for its number before it asks again: none has to wait so long that it is given up.
            var callers = Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
            {
                var numbers = new List<long?>();
                for (var hit = 0; hit < 50; hit++)
                {
                    numbers.Add(await stores[caller % 4].IncrementAsync());
                }

                return numbers;
            }));
            var given = (await Task.WhenAll(callers)).SelectMany(numbers => numbers).Where(number => number is not null).ToList();
            var last = await stores[0].ReadAsync();
            Assert.Equal(given.Count, given.Distinct().Count());
            Assert.Equal(last, given.Max());
            Assert.InRange(given.Count, last!.Value - 16, last.Value);
            Assert.True(given.Count > 700, $"{given.Count} of 800 were given in time");
        }
        finally
        {
            foreach (var store in stores)
            {
                await store.DisposeAsync();
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_opened_again_goes_on_and_is_whole_by_itself()
    {
        await using (var first = Open())
        {
            Assert.Equal(0, await first.ReadAsync());
            Assert.Equal(1, await first.IncrementAsync());
        }

        // The journal was folded in at the close: the one file can be copied.
        Assert.Equal([Path], Directory.GetFiles(_folder.FullName));
        await using var second = Open();
        Assert.Equal(2, await second.IncrementAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_store_that_is_closed_answers_at_once_that_it_is_out_of_reach()
    {
        var store = Open();
        await store.DisposeAsync();
        Assert.Null(await store.IncrementAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Hits_under_way_are_answered_before_it_closes()
    {
        var store = Open();
        var hits = Enumerable.Range(0, 100).Select(_ => store.IncrementAsync().AsTask()).ToArray();
        await store.DisposeAsync();
        Assert.Equal(Enumerable.Range(1, 100).Select(number => (long?)number), (await Task.WhenAll(hits)).Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task While_another_connection_locks_it_nobody_gets_a_number_and_nobody_waits_for_long()
    {
        await using var store = Open();
        Assert.Equal(1, await store.IncrementAsync());
        using (Lock(Path))
        {
            for (var turn = 0; turn < 2; turn++)
            {
                var watch = Stopwatch.StartNew();
                var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.IncrementAsync().AsTask()));
                Assert.All(answers, answer => Assert.Null(answer));

                // The promise is a second. The rest is for a machine that does much else.
                Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
                Assert.False(await store.CanCountAsync());
                Assert.Equal(1, await store.ReadAsync());
            }
        }

        // Nothing of what was given up is counted later.
        Assert.Equal(2, await FirstNumberAsync(store));
        Assert.StartsWith($"SQLite file {Path} cannot count: ", Assert.Single(_logger.Lines));
    }

    [Fact(Timeout = 60_000)]
    public async Task It_opens_while_another_connection_locks_it_and_counts_when_it_may()
    {
        await Open().DisposeAsync();
        SqliteCounterStore store;
        using (Lock(Path))
        {
            store = Open();
            Assert.Null(await store.IncrementAsync());
        }

        await using (store)
        {
            Assert.Equal(1, await FirstNumberAsync(store));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_damaged_while_it_runs_is_an_outage_and_a_repaired_one_ends_it()
    {
        await using var store = Open();
        Assert.Equal(1, await store.IncrementAsync());
        using (var other = Connect(Path))
        {
            Execute(other, "DROP TABLE counters");
        }

        Assert.Null(await store.IncrementAsync());
        Assert.Contains("no such table: counters", _logger.Lines[0]);
        using (var other = Connect(Path))
        {
            Execute(other, "CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT; INSERT INTO counters VALUES ('hits', 41)");
        }

        Assert.Equal(42, await FirstNumberAsync(store));
    }

    [Fact(Timeout = 60_000)]
    public async Task Asking_whether_it_can_count_counts_nothing()
    {
        await using var store = Open();
        Assert.True(await store.CanCountAsync());
        Assert.Equal(0, await store.ReadAsync());
        Assert.Equal(1, await store.IncrementAsync());
        Assert.True(await store.CanCountAsync());
        Assert.Equal(2, await store.IncrementAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task File_and_journal_are_for_their_owner_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Needs Unix file modes");
            return;
        }

        await using var store = Open();
        await store.IncrementAsync();
        var files = Directory.GetFiles(_folder.FullName);
        Assert.Equal([Path, Path + "-shm", Path + "-wal"], files.Order());
        foreach (var file in files)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    SqliteCounterStore Open() => SqliteCounterStore.Open(new SqliteSettings(Path), _logger);

    static async Task<long> FirstNumberAsync(SqliteCounterStore store)
    {
        while (true)
        {
            if (await store.IncrementAsync() is { } number)
            {
                return number;
            }
        }
    }

    static SqliteConnection Lock(string path)
    {
        var connection = Connect(path);
        Execute(connection, "BEGIN IMMEDIATE");
        return connection;
    }

    static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public void Dispose() => _folder.Dispose();
}
