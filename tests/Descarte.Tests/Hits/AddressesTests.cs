namespace Descarte.Tests.Hits;

public class AddressesTests
{
    [Fact]
    public void The_default_is_open_to_this_machine_alone()
    {
        var addresses = Settings.Read(("PORT", ""), ("ASPNETCORE_URLS", "")).Addresses;
        Assert.Equal("http://localhost:5000", addresses.ToString());
    }

    [Fact]
    public void The_command_line_goes_before_PORT_before_ASPNETCORE_URLS()
    {
        (string, string)[] both = [("PORT", "81"), ("ASPNETCORE_URLS", "http://127.0.0.1:82")];
        Assert.Equal("--urls: http://127.0.0.1:80", Settings.Read(["--urls", "http://127.0.0.1:80"], both).Addresses.ToString());
        Assert.Equal("--urls: http://127.0.0.1:80", Settings.Read(["--urls=http://127.0.0.1:80"], both).Addresses.ToString());
        Assert.Equal("PORT: http://127.0.0.1:81", Settings.Read(both).Addresses.ToString());
        Assert.Equal("ASPNETCORE_URLS: http://127.0.0.1:82", Settings.Read(both[1]).Addresses.ToString());
    }

    [Theory]
    [InlineData(null, "http://localhost:81")]
    [InlineData("http://+:5000", "http://+:81")]
    [InlineData("http://[::]:5000;http://127.0.0.1:1", "http://[::]:81")]
    [InlineData("http://unix:/run/hits.sock", "http://localhost:81")]
    public void PORT_changes_the_port_and_leaves_the_host(string? urls, string address) =>
        Assert.Equal([address], Settings.Read(("PORT", "81"), ("ASPNETCORE_URLS", urls ?? "")).Addresses.Urls);

    [Theory]
    [InlineData("http://localhost:5000")]
    [InlineData("http://localhost:5000/")]
    [InlineData("https://localhost:5001")]
    [InlineData("http://hits.localhost:5000")]
    [InlineData("http://+:5000")]
    [InlineData("http://*:5000")]
    [InlineData("http://0.0.0.0:5000")]
    [InlineData("http://[::]:5000")]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://unix:/run/hits.sock")]
    [InlineData(" http://127.0.0.1:1 ; http://127.0.0.1:2 ;")]
    public void What_kestrel_can_listen_on_is_taken(string urls) =>
        Assert.Equal(urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), Settings.Read(("ASPNETCORE_URLS", urls)).Addresses.Urls);

    [Theory]
    [InlineData("5000")]
    [InlineData("localhost:5000")]
    [InlineData("ftp://localhost:5000")]
    [InlineData("http://")]
    [InlineData("http://localhsot:5000")]
    [InlineData("http://example.com:5000")]
    [InlineData("http://localhost:0")]
    [InlineData("http://127.0.0.1:65536")]
    [InlineData("http://127.0.0.1:abc")]
    [InlineData("http://127.0.0.1:5000/hits")]
    [InlineData("http://unix:hits.sock")]
    [InlineData("http://127.0.0.1:5000;nonsense")]
    [InlineData(";")]
    public void What_it_cannot_or_would_misunderstand_is_named(string urls)
    {
        foreach (var line in (string[])[Settings.Refusal(["--urls", urls]), Settings.Refusal([], ("ASPNETCORE_URLS", urls))])
        {
            Assert.Contains($": '{urls}' is not an address to listen on (http://localhost:5000, ", line);
        }
    }

    [Fact]
    public void A_unix_path_has_an_end() =>
        Assert.StartsWith("--urls: 'http://unix:/aaa", Settings.Refusal(["--urls", "http://unix:/" + new string('a', 108)]));

    [Fact]
    public void A_switch_without_its_value_is_named() => Assert.StartsWith("--urls: '' is not an address", Settings.Refusal(["--urls"]));

    [Theory]
    [InlineData("abc")]
    [InlineData("0")]
    [InlineData("65536")]
    public void A_port_that_is_none_is_named(string port) =>
        Assert.Equal($"PORT: '{port}' is not a port (1 to 65535)", Settings.Refusal([], ("PORT", port)));

    [Theory]
    [InlineData("1", "812", true)]
    [InlineData("1", "813", false)]
    [InlineData("0", "812", false)]
    [InlineData("", "", false)]
    public void Inherited_sockets_are_for_the_process_that_is_named(string count, string processId, bool inherits) =>
        Assert.Equal(inherits, Settings.Read(("LISTEN_FDS", count), ("LISTEN_PID", processId)).InheritsListeners);
}
