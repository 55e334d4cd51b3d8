using System.Runtime.Versioning;
using System.Text;
using Descarte.Cli.Run;
using Descarte.Pool;
using Descarte.Pool.Control;
using Descarte.Pool.Output;
using Descarte.Pool.Reconciling;

namespace Descarte.Tests.Pool;

/// <summary>What is read and written between a supervisor, its workers and people.</summary>
public class SmallPartsTests
{
    [Fact]
    public void Lines_come_out_whole_however_they_came_in()
    {
        var text = "one\ntwo\n\nthree\nlast without an end";
        for (var size = 1; size <= text.Length; size++)
        {
            var splitter = new LineSplitter();
            var lines = new List<string>();
            void Line(ReadOnlySpan<byte> line) => lines.Add(Encoding.UTF8.GetString(line));
            foreach (var piece in Encoding.UTF8.GetBytes(text).Chunk(size))
            {
                splitter.Add(piece, Line);
            }

            splitter.End(Line);
            Assert.Equal(text.Split('\n'), lines);
        }
    }

    [Fact]
    public void A_line_without_end_does_not_grow_without_end()
    {
        var splitter = new LineSplitter();
        var pieces = 0;
        splitter.Add(new byte[LineSplitter.LongestLine], _ => pieces++);
        Assert.Equal(1, pieces);
    }

    [Fact]
    public void The_notify_protocol_is_read_and_what_a_pool_has_no_use_for_is_passed_over()
    {
        var said = Notification.Parse("READY=1\nSTATUS=all \u001b[31mwell\nMAINPID=7\nFDSTORE=1"u8);
        Assert.Equal((true, false, false, "all  [31mwell"), (said.Ready, said.Stopping, said.Watchdog, said.Status));
        Assert.Equal(new Notification(), Notification.Parse("READY=10\nrubbish\n\n=\n"u8));
    }

    [Theory]
    [InlineData(0, 0, 0, "exit code 0")]
    [InlineData(0x0100, 1, 0, "exit code 1")]
    [InlineData(9, 0, 9, "killed by SIGKILL")]
    [InlineData(0x8b, 0, 11, "killed by SIGSEGV")]
    [InlineData(64, 0, 64, "killed by signal 64")]
    public void A_wait_status_is_read_as_waitpid_has_it(int status, int code, int signal, string text)
    {
        var read = ExitStatus.FromWaitStatus(status);
        Assert.Equal((code, signal, text), (read.Code, read.Signal, read.ToString()));
    }

    [Fact]
    public void The_wait_between_failures_doubles_up_to_half_a_minute()
    {
        var waits = Enumerable.Range(1, 40).Select(failures => Backoff.Wait(failures, jitter: 0).TotalSeconds).ToArray();
        Assert.Equal([0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30], waits[..12]);
        Assert.Equal(30, waits[^1]);
        Assert.Equal(22.5, Backoff.Wait(40, jitter: 1).TotalSeconds);
    }

    [Fact]
    public void A_worker_that_has_served_for_a_minute_is_forgiven_its_past()
    {
        var backoff = new Backoff();
        var random = new Random(1);
        for (var failure = 0; failure < 5; failure++)
        {
            backoff.Ended(served: null, isFailure: true, TimeSpan.Zero, random);
        }

        Assert.Equal(TimeSpan.Zero, backoff.Ended(TimeSpan.FromSeconds(59), isFailure: false, TimeSpan.Zero, random));
        Assert.Equal(5, backoff.Failures);
        backoff.Ended(TimeSpan.FromSeconds(60), isFailure: true, TimeSpan.Zero, random);
        Assert.Equal(0, backoff.Failures);
    }

    [UnsupportedOSPlatform("windows")]
    [Fact]
    public void A_folder_for_pools_is_looked_into_once_whoever_names_it()
    {
        Assert.Equal(["/run/user/1000/descarte"], RuntimeFolder.Candidates("/run/user/1000/", 1000).Where(folder => folder.StartsWith("/run/", StringComparison.Ordinal)));
        Assert.Equal("/elsewhere/descarte", RuntimeFolder.Candidates("/elsewhere", 1000)[0]);
        Assert.Equal("/run/descarte", RuntimeFolder.Candidates(null, 0)[0]);
    }

    [Fact]
    public async Task Who_follows_a_log_gets_what_was_said_before_its_end()
    {
        var history = new LogHistory();
        history.Add(1, isError: false, "first"u8);
        var lines = new List<string>();
        async Task FollowAsync()
        {
            await foreach (var line in history.FollowAsync(TestContext.Current.CancellationToken))
            {
                await Task.Yield();
                lines.Add(line.Text);
            }
        }

        var following = FollowAsync();
        history.Add(1, isError: false, "last words"u8);
        history.End(TimeSpan.FromMinutes(1));
        await following;
        Assert.Equal(["first", "last words"], lines);
    }

    [Theory]
    [InlineData(null, null, 2)]
    [InlineData("6", null, 6)]
    [InlineData("0", null, 0)]
    [InlineData("6", 3, 3)]
    public void The_number_of_workers_is_what_code_says_or_WEB_CONCURRENCY_or_two(string? variable, int? option, int expected) =>
        Assert.Equal(expected, PoolPlanner.Workers(new ProcessPoolOptions { Workers = option }, _ => variable));

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1025")]
    [InlineData("1.5")]
    public void Another_number_of_workers_is_refused(string variable)
    {
        var refused = Assert.Throws<PoolException>(() => PoolPlanner.Workers(new ProcessPoolOptions(), _ => variable));
        Assert.Equal($"WEB_CONCURRENCY: '{variable}' is not a number of workers (0 to 1024, or auto)", refused.Message);
        Assert.Equal(PoolException.Configuration, refused.ExitCode);
    }

    [Fact]
    public void Options_out_of_range_are_refused() => Assert.All(
        [
            new ProcessPoolOptions { GracePeriod = TimeSpan.FromSeconds(-1) },
            new ProcessPoolOptions { Watchdog = TimeSpan.Zero },
            new ProcessPoolOptions { BootTimeout = TimeSpan.FromDays(2) },
            new ProcessPoolOptions { ReadyAfter = TimeSpan.FromHours(2) },
            new ProcessPoolOptions { MaxAge = TimeSpan.Zero },
            new ProcessPoolOptions { MaxMemory = 1 },
        ],
        options => Assert.Throws<PoolException>(() => PoolPlanner.Rules(options, 1)));

    [Theory]
    [InlineData("10", 10_000)]
    [InlineData("0", 0)]
    [InlineData("1.5", 1500)]
    [InlineData("500ms", 500)]
    [InlineData("10s", 10_000)]
    [InlineData("5m", 300_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("ten", null)]
    [InlineData("-1", null)]
    [InlineData("-Infinity", null)]
    [InlineData("1e9", null)]
    [InlineData("", null)]
    public void A_time_is_seconds_or_has_a_unit(string text, int? milliseconds) => Assert.Equal(milliseconds, Durations.TryParse(text)?.TotalMilliseconds);

    [Theory]
    [InlineData("300M", 300L << 20)]
    [InlineData("2g", 2L << 30)]
    [InlineData("64KB", 64L << 10)]
    [InlineData("1048576", 1L << 20)]
    [InlineData("many", null)]
    [InlineData("M", null)]
    public void A_size_is_bytes_or_has_a_unit(string text, long? bytes) => Assert.Equal(bytes, Sizes.TryParse(text));

    [UnsupportedOSPlatform("windows")]
    [Theory]
    [InlineData("/run/user/1000/descarte", 64, true)]
    [InlineData("/run/user/1000/descarte", 90, false)]
    [InlineData("/a/folder/so/deep/that/the/path/of/a/socket/in/it/would/be/too/long/for/the/kernel/of/every/system", 4, false)]
    public void Sockets_are_kept_where_there_is_room_for_their_path(string folder, int length, bool fits) =>
        Assert.Equal(fits, RuntimeFolder.HasRoom(folder, new string('x', length)));
}
