using System.Net;
using System.Net.Sockets;
using Descarte.Conformance.Client;

namespace Descarte.Tests.Client;

public class TargetTests
{
    [Fact]
    public void An_address_is_read_from_a_url()
    {
        Assert.Equal(new Target(new IPEndPoint(IPAddress.Loopback, 8000), "127.0.0.1:8000"), Target.Parse("http://127.0.0.1:8000/x"));
        Assert.Equal(new Target(new IPEndPoint(IPAddress.IPv6Loopback, 443), "[::1]", Tls: true), Target.Parse("https://[::1]"));
        Assert.Equal("/run/hits.sock", Assert.IsType<UnixDomainSocketEndPoint>(Target.Parse("http://unix:/run/hits.sock").EndPoint).ToString());
    }

    [Theory]
    [InlineData("127.0.0.1:8000")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("")]
    public void What_is_no_address_is_named(string text)
    {
        var exception = Assert.Throws<FormatException>(() => Target.Parse(text));
        Assert.StartsWith($"'{text}' is not an address", exception.Message);
    }
}
