using System.Text;
using CsCheck;
using Descarte.Conformance.Client;

namespace Descarte.Tests.Client;

public class ResponseParserTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", false)]
    [InlineData("HTTP/1.1 200\r\ncontent-length:0\r\n\r\n", 200, "", false)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", 200, "hello", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n", 200, "hello world", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", 200, "0123456789", false)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", 404, "no", false)]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", 204, "", false)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", 304, "", false)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n", 101, "", false)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\nx", 200, "x", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: foo, close\r\nContent-Length: 1\r\n\r\nx", 200, "x", true)]
    public void A_whole_response_is_read_however_it_is_cut(string text, int status, string body, bool close)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        Gen.Int[1, 7].Array[bytes.Length].Sample(
            pieces =>
            {
                var parser = new ResponseParser();
                parser.Start();
                var at = 0;
                foreach (var piece in pieces.TakeWhile(_ => at < bytes.Length))
                {
                    Assert.False(parser.IsComplete);
                    var part = bytes.AsSpan(at, Math.Min(piece, bytes.Length - at));
                    Assert.Equal(part.Length, parser.Feed(part));
                    at += part.Length;
                }

                Assert.True(parser.IsComplete);
                Assert.Equal((status, body, close), (parser.Status, parser.BodyText, parser.CloseAnnounced));
                Assert.Equal(body.Length, parser.BodyLength);
            },
            iter: 200);
    }

    [Fact]
    public void What_follows_a_response_is_left_for_the_next()
    {
        var parser = new ResponseParser();
        var two = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2"u8;
        parser.Start();
        var first = parser.Feed(two);
        Assert.Equal("1", parser.BodyText);
        parser.Start();
        Assert.False(parser.HasBytes);
        Assert.Equal(two.Length - first, parser.Feed(two[first..]));
        Assert.Equal("2", parser.BodyText);
    }

    [Fact]
    public void A_response_to_HEAD_has_no_body()
    {
        var parser = new ResponseParser();
        parser.Start(toHead: true);
        parser.Feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"u8);
        Assert.True(parser.IsComplete);
    }

    [Fact]
    public void A_body_without_a_length_ends_with_the_connection()
    {
        var parser = new ResponseParser();
        parser.Start();
        parser.Feed("HTTP/1.0 200 OK\r\n\r\nhello"u8);
        Assert.False(parser.IsComplete);
        parser.End();
        Assert.True(parser.IsComplete);
        Assert.True(parser.MustClose);
        Assert.False(parser.CloseAnnounced);
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", true)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false)]
    public void Whether_the_connection_must_close_is_the_versions_default_or_what_the_response_says(string text, bool close)
    {
        var parser = new ResponseParser();
        parser.Start();
        parser.Feed(Encoding.Latin1.GetBytes(text));
        Assert.Equal(close, parser.MustClose);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n")]
    [InlineData("HTTP/1.1 abc\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n")]
    public void What_is_not_HTTP_is_said_so(string text)
    {
        var parser = new ResponseParser();
        parser.Start();
        parser.Feed(Encoding.Latin1.GetBytes(text));
        Assert.True(parser.IsMalformed);
    }

    [Fact]
    public void A_field_is_found_by_its_name_in_any_case()
    {
        var parser = new ResponseParser();
        parser.Start();
        parser.Feed("HTTP/1.1 503 Busy\r\nRetry-After:  1 \r\nContent-Length: 0\r\n\r\n"u8);
        Assert.Equal("1", parser.Header("retry-after"));
        Assert.Null(parser.Header("after"));
    }
}
