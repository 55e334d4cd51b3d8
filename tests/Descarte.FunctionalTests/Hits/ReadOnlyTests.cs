using System.Runtime.Versioning;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Hits;

/// <summary>Files that the process may not write. Root may write everything: there it runs without that right.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ReadOnlyTests : IDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    readonly TempFolder _folder = new();

    string Database => _folder["hits.db"];

    [Fact(Timeout = 60_000)]
    public async Task A_database_that_is_read_only()
    {
        await CreateDatabaseAsync();
        File.SetUnixFileMode(Database, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Protect();
        await AssertRefusedAsync("is read-only for this process; make the file and its folder writable or name another file");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_database_in_a_folder_that_is_read_only()
    {
        await CreateDatabaseAsync();
        File.SetUnixFileMode(Database, (UnixFileMode)0b110_110_110);
        Protect();
        await AssertRefusedAsync("is read-only for this process; make the file and its folder writable or name another file");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_database_that_may_not_be_created()
    {
        Protect();
        await AssertRefusedAsync($"cannot be created: folder {_folder.FullName} is not writable for this process; make it writable or name another file");
    }

    async Task CreateDatabaseAsync()
    {
        await using var hits = await HitsProcess.StartAsync(new HitsStart { Database = Database });
        await hits.FirstNumberAsync();
        hits.Process.Send(Signal.Terminate);
        await hits.Process.WaitForExitAsync(Limit);
    }

    void Protect() => File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b101_101_101);

    async Task AssertRefusedAsync(string why)
    {
        string[] before = Environment.IsPrivilegedProcess
            ? [Need.Program("setpriv"), "--bounding-set=-dac_override", "--inh-caps=-dac_override"]
            : [];
        await using var hits = HitsProcess.Launch(new HitsStart { Database = Database, Before = before });
        Assert.Equal(78, await hits.Process.WaitForExitAsync(Limit));
        Assert.Equal($"HITS_DB: '{Database}' {why}", Assert.Single(hits.Process.Error.Lines));
        Assert.DoesNotContain("   at ", hits.Process.Output.ToString());
    }

    public void Dispose()
    {
        File.SetUnixFileMode(_folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _folder.Dispose();
    }
}
