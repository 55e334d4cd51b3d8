using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Descarte.Harness;
using Descarte.Pool.Listening;

namespace Descarte.Tests.Pool;

public class ListenAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5000", "http", "127.0.0.1:5000")]
    [InlineData("127.0.0.1:5000", "http", "127.0.0.1:5000")]
    [InlineData("https://127.0.0.1:5001/", "https", "127.0.0.1:5001")]
    [InlineData("tcp://127.0.0.1:5001", "tcp", "127.0.0.1:5001")]
    [InlineData("http://127.0.0.1", "http", "127.0.0.1:80")]
    [InlineData("https://[::1]", "https", "[::1]:443")]
    [InlineData("[::1]:5000", "http", "[::1]:5000")]
    [InlineData(":8000", "http", "[::]:8000")]
    [InlineData("http://+:8000", "http", "[::]:8000")]
    [InlineData("0.0.0.0:8000", "http", "0.0.0.0:8000")]
    [InlineData("localhost:8000", "http", "127.0.0.1:8000 [::1]:8000")]
    [InlineData("http://app.localhost:8000", "http", "127.0.0.1:8000 [::1]:8000")]
    [InlineData("127.0.0.1:0", "http", "127.0.0.1:0")]
    public void An_address_is_read_as_people_write_it(string text, string name, string endPoints)
    {
        var address = ListenAddress.Parse(text);
        Assert.Equal((name, endPoints), (address.Name, string.Join(' ', address.EndPoints)));
    }

    [Theory]
    [InlineData("unix:/run/app.sock")]
    [InlineData("http://unix:/run/app.sock")]
    public void A_path_is_a_Unix_socket(string text) =>
        Assert.Equal("/run/app.sock", Assert.IsType<UnixDomainSocketEndPoint>(Assert.Single(ListenAddress.Parse(text).EndPoints)).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("8000")]
    [InlineData("http://localhots:8000")]
    [InlineData("http://127.0.0.1:65536")]
    [InlineData("http://127.0.0.1:-1")]
    [InlineData("http://127.0.0.1:x")]
    [InlineData("localhost:0")]
    [InlineData("ftp://127.0.0.1:21")]
    [InlineData("unix:app.sock")]
    [InlineData("unix:")]
    public void What_is_no_address_is_refused_with_examples(string text)
    {
        var refused = Assert.Throws<PoolException>(() => ListenAddress.Parse(text));
        Assert.Equal(PoolException.Usage, refused.ExitCode);
        Assert.StartsWith($"'{text}' is not an address to listen on (http://127.0.0.1:5000,", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_too_long_for_a_socket_is_refused() =>
        Assert.Throws<PoolException>(() => ListenAddress.Parse("unix:/" + new string('x', 200)));

    [Theory]
    [InlineData("http", "127.0.0.1:0", "http://127.0.0.1:")]
    [InlineData("https", "unix:{0}", "https://unix:/")]
    [InlineData("unknown", "127.0.0.1:0", "127.0.0.1:")]
    public void What_is_shown_of_a_socket_can_be_listened_on(string name, string form, string shown)
    {
        using var folder = new TempFolder();
        var wanted = ListenAddress.Parse(string.Format(CultureInfo.InvariantCulture, form, folder["app.sock"]));
        using var listener = Listener.Bind(name, Assert.Single(wanted.EndPoints));
        Assert.StartsWith(shown, listener.Address, StringComparison.Ordinal);
        Assert.Equal(listener.EndPoint, Assert.Single(ListenAddress.Parse(listener.Address).EndPoints));
    }
}
