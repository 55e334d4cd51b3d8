using Hits;

namespace Descarte.Tests.Hits;

public class StoreSettingsTests
{
    [Theory]
    [InlineData("redis", null, "redis:6379")]
    [InlineData("redis", "7000", "redis:7000")]
    [InlineData(null, "7000", "localhost:7000")]
    [InlineData("127.0.0.1", "1", "127.0.0.1:1")]
    [InlineData("::1", "65535", "[::1]:65535")]
    [InlineData("[::1]", "", "[::1]:6379")]
    public void Host_and_port_choose_redis_and_either_alone_is_enough(string? host, string? port, string servers)
    {
        var settings = Settings.Read(("HOST_REDIS", host ?? ""), ("PORT_REDIS", port ?? ""), ("HITS_DB", "other.db"));
        Assert.Equal(servers, Assert.IsType<RedisSettings>(settings.Store).Servers);
    }

    [Fact]
    public void A_connection_string_goes_before_host_and_port()
    {
        var settings = Settings.Read(
            ("ConnectionStrings__Redis", "a:1,b:2,user=me,password=hunter2,ssl=true"), ("HOST_REDIS", "redis"), ("PORT_REDIS", "7000"));
        var redis = Assert.IsType<RedisSettings>(settings.Store);
        Assert.Equal("a:1, b:2", redis.Servers);
        Assert.Equal(("me", "hunter2", true), (redis.Options.User, redis.Options.Password, redis.Options.Ssl));
    }

    [Theory]
    [InlineData(null, "hits.db")]
    [InlineData("", "hits.db")]
    [InlineData("/data/hits.db", "/data/hits.db")]
    public void Without_any_of_them_it_is_sqlite(string? file, string path)
    {
        var settings = Settings.Read(("HOST_REDIS", ""), ("PORT_REDIS", ""), ("ConnectionStrings__Redis", ""), ("HITS_DB", file ?? ""));
        Assert.Equal(path, Assert.IsType<SqliteSettings>(settings.Store).Path);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 6379")]
    [InlineData("6379.0")]
    [InlineData("99999999999")]
    [InlineData("tcp://172.17.0.2:6379")]
    public void A_port_that_is_none_is_named(string port) =>
        Assert.Equal($"PORT_REDIS: '{port}' is not a port (1 to 65535)", Settings.Refusal([], ("HOST_REDIS", "redis"), ("PORT_REDIS", port)));

    [Theory]
    [InlineData("redis:6379")]
    [InlineData("redis://redis")]
    [InlineData("two words")]
    [InlineData("[redis]")]
    public void A_host_that_is_none_is_named(string host) => Assert.Equal(
        $"HOST_REDIS: '{host}' is not a host name or IP address (the port goes into PORT_REDIS)", Settings.Refusal([], ("HOST_REDIS", host)));

    [Theory]
    [InlineData(",", "','")]
    [InlineData("redis:99999", "'redis:99999'")]
    [InlineData("redis,connectTimeout=soon", "'redis,connectTimeout=soon'")]
    [InlineData("redis,defaultDatabase=-7", "'redis,defaultDatabase=-7'")]
    [InlineData("redis,no=such", "'redis,no=such'")]
    [InlineData("redis,ssl=maybe,password=hunter2", "'redis,ssl=maybe,…'")]
    [InlineData("redis,ssl=maybe,PassWord=hunt,er2", "'redis,ssl=maybe,…'")]
    [InlineData("redis://me:hunter2@redis:6379", "'…'")]
    [InlineData("hunter2@redis:6379/0", "'…'")]
    public void A_connection_string_that_is_none_is_shown_without_its_secrets(string text, string shown)
    {
        var line = Settings.Refusal([], ("ConnectionStrings__Redis", text));
        Assert.StartsWith($"ConnectionStrings__Redis: {shown} is not a connection string of StackExchange.Redis (", line);
        Assert.DoesNotContain("hunt", line);
    }

    [Fact]
    public void A_line_stays_a_line()
    {
        var line = Settings.Refusal([], ("PORT_REDIS", "1\n\u001b[31m2\r" + new string('9', 5000)));
        Assert.StartsWith("PORT_REDIS: '1??[31m2?999", line);
        Assert.InRange(line.Length, 1, 300);
    }
}
