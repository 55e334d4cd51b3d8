using System.Net;
using System.Net.Sockets;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Hits;

/// <summary>What Hits cannot start with ends it with exit code 78 and one line, in both of its builds.</summary>
public sealed class RefusedStartTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    static readonly (string Variable, string Value, string Line)[] Variables =
    [
        ("PORT_REDIS", "abc", "PORT_REDIS: 'abc' is not a port (1 to 65535)"),
        ("HOST_REDIS", "redis:6379", "HOST_REDIS: 'redis:6379' is not a host name or IP address (the port goes into PORT_REDIS)"),
        ("ConnectionStrings__Redis", "redis,ssl=maybe,password=x", "ConnectionStrings__Redis: 'redis,ssl=maybe,…' is not a connection string of "),
        ("PORT", "65536", "PORT: '65536' is not a port (1 to 65535)"),
        ("ASPNETCORE_URLS", "localhost:5000", "ASPNETCORE_URLS: 'localhost:5000' is not an address to listen on ("),
        ("ASPNETCORE_URLS", "http://192.0.2.1:5000", "ASPNETCORE_URLS: http://192.0.2.1:5000: this machine has no such address; "),
        ("ASPNETCORE_URLS", "http://unix:/no/such/hits.sock", "ASPNETCORE_URLS: http://unix:/no/such/hits.sock: the socket cannot be created there; "),
        ("ASPNETCORE_URLS", "https://127.0.0.1:1", "ASPNETCORE_URLS: https://127.0.0.1:1: Unable to configure HTTPS endpoint"),
        ("Kestrel__Endpoints__web__Url", "nonsense", "Kestrel:Endpoints: nonsense: Invalid url: 'nonsense'"),
        ("Kestrel__Endpoints__web__Url", "https://127.0.0.1:1", "Kestrel:Endpoints: https://127.0.0.1:1: Unable to configure HTTPS endpoint"),
        ("HITS_DB", "/", "HITS_DB: '/' is a folder; name a file in it"),
        ("HITS_DB", "/no/such/hits.db", "HITS_DB: '/no/such/hits.db' cannot be created: there is no folder /no/such; "),
        ("HITS_DB", "/proc/hits.db", "HITS_DB: '/proc/hits.db' cannot be created: folder /proc is not writable for this process; "),
        ("Descarte__GracePeriod", "banana", "Failed to convert configuration value 'banana' at 'Descarte:GracePeriod' to type 'System.TimeSpan'"),
        ("Descarte__GracePeriod", "00:00:00", "Descarte:GracePeriod: '00:00:00' is not a grace period ("),
        ("Descarte__LameDuck", "00:01:00", "Descarte:LameDuck: '00:01:00' does not fit the grace period of 00:00:10 ("),
        ("Descarte__GracePeriod", "soon", "Failed to convert configuration value 'soon' at 'Descarte:GracePeriod' to type 'System.TimeSpan'"),
        ("Descarte__IdleLinger", "-1", "Descarte:IdleLinger: '-1.00:00:00' is out of range ("),
        ("Descarte__IdleLinger", "1e400", "Failed to convert configuration value '1e400' at 'Descarte:IdleLinger' to type 'System.TimeSpan'"),
        ("Descarte__IdleLinger", "01:00:00", "Descarte:IdleLinger: '01:00:00' is out of range ("),
        ("Logging__LogLevel__Default", "banana", "Configuration value 'banana' is not supported"),
    ];

    public static TheoryData<int, Flavor> Cases
    {
        get
        {
            var cases = new TheoryData<int, Flavor>();
            foreach (var flavor in Enum.GetValues<Flavor>())
            {
                for (var index = 0; index < Variables.Length; index++)
                {
                    cases.Add(index, flavor);
                }
            }

            return cases;
        }
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Cases))]
    public Task A_variable_that_is_wrong(int index, Flavor flavor)
    {
        var (variable, value, line) = Variables[index];
        return AssertRefusedAsync(new HitsStart { Flavor = flavor, Environment = new Dictionary<string, string?> { [variable] = value } }, line);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(Flavor.Ordinary)]
    [InlineData(Flavor.Aot)]
    public async Task Arguments_that_are_wrong(Flavor flavor)
    {
        await AssertRefusedAsync(new HitsStart { Flavor = flavor, Arguments = ["--urls", "nonsense"] }, "--urls: 'nonsense' is not an address to listen on (");
        await AssertRefusedAsync(new HitsStart { Flavor = flavor, Arguments = ["--urls"] }, "--urls: '' is not an address to listen on (");
        await AssertRefusedAsync(new HitsStart { Flavor = flavor, Arguments = ["-p=1"] }, "The short switch '-p=1' is not defined");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(Flavor.Ordinary, "127.0.0.1")]
    [InlineData(Flavor.Ordinary, "localhost")]
    [InlineData(Flavor.Aot, "127.0.0.1")]
    public async Task A_port_that_is_taken(Flavor flavor, string host)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, FreePort.Next()));
        other.Listen();
        var url = $"http://{host}:{((IPEndPoint)other.LocalEndPoint!).Port}";
        await AssertRefusedAsync(
            new HitsStart { Flavor = flavor, Environment = new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = url } },
            $"ASPNETCORE_URLS: {url}: the port is taken by another process; stop that one or choose another port");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_unix_path_that_is_taken()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["hits.sock"], "a file", TestContext.Current.CancellationToken);
        var url = $"http://unix:{folder["hits.sock"]}";
        await AssertRefusedAsync(
            new HitsStart { Arguments = ["--urls", url] }, $"--urls: {url}: a process listens there, or a file is in the way; ");
        Assert.Equal("a file", await File.ReadAllTextAsync(folder["hits.sock"], TestContext.Current.CancellationToken));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(Flavor.Ordinary)]
    [InlineData(Flavor.Aot)]
    public async Task A_database_file_that_is_none(Flavor flavor)
    {
        using var folder = new TempFolder();
        var path = folder["hits.db"];
        await File.WriteAllTextAsync(path, string.Concat(Enumerable.Repeat("no database\n", 100)), TestContext.Current.CancellationToken);
        await AssertRefusedAsync(new HitsStart { Flavor = flavor, Database = path }, $"HITS_DB: '{path}' is not a SQLite database or is damaged (");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(Flavor.Ordinary)]
    [InlineData(Flavor.Aot)]
    public async Task An_appsettings_file_that_is_broken(Flavor flavor)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["appsettings.json"], "{ broken", TestContext.Current.CancellationToken);
        await AssertRefusedAsync(
            new HitsStart { Flavor = flavor, Environment = new Dictionary<string, string?> { ["ASPNETCORE_CONTENTROOT"] = folder.FullName } },
            $"Failed to load configuration from file '{folder["appsettings.json"]}': Could not parse the JSON file: ");
    }

    static async Task AssertRefusedAsync(HitsStart start, string line)
    {
        await using var hits = HitsProcess.Launch(start);
        Assert.Equal(78, await hits.Process.WaitForExitAsync(Limit));
        Assert.StartsWith(line, Assert.Single(hits.Process.Error.Lines));
        Assert.DoesNotContain("   at ", hits.Process.Output.ToString());
        Assert.DoesNotContain("fail:", hits.Process.Output.ToString());
    }
}
