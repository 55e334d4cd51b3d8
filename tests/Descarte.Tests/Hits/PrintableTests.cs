using Hits;

namespace Descarte.Tests.Hits;

public class PrintableTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("größe 1", "größe 1")]
    [InlineData("a\r\nb\tc", "a??b?c")]
    [InlineData("\u001b]0;title\a\u009b\u007f\0", "?]0;title????")]
    public void Control_characters_become_question_marks(string text, string shown) => Assert.Equal(shown, Printable.Line(text));

    [Fact]
    public void The_end_of_a_long_text_is_left_out() =>
        Assert.Equal(new string('x', 200) + "…", Printable.Line(new string('x', 201)));

    [Theory]
    [InlineData("+", "127.0.0.1")]
    [InlineData("*", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("[::]", "[::1]")]
    [InlineData("localhost", "localhost")]
    [InlineData("192.168.1.2", "192.168.1.2")]
    public void Health_is_asked_where_the_socket_listens(string listens, string asked) => Assert.Equal(asked, HealthProbe.Loopback(listens));
}
