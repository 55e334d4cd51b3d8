using System.Text.RegularExpressions;
using Descarte.Harness;
using YamlDotNet.Serialization;

namespace Descarte.ContainerTests.Manifests;

/// <summary>deploy/compose and deploy/swarm: their times agree with the drain's and with HAProxy's checks.</summary>
public sealed partial class ComposeTests
{
    /// <summary>Within that Hits answers, or says 503 (docs/hits.md).</summary>
    static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(1);

    [Theory(Timeout = 60_000)]
    [InlineData("deploy/compose/docker-compose.yml")]
    [InlineData("deploy/swarm/stack.yml")]
    public void The_times_allow_the_drain(string file)
    {
        var hits = Service(file, "hits");
        var environment = (Dictionary<object, object>)hits["environment"];
        var drain = new DrainOptions { GracePeriod = Time(environment["Descarte__GracePeriod"]), LameDuck = Time(environment["Descarte__LameDuck"]) };
        Assert.True(drain.GracePeriod <= Seconds(hits["stop_grace_period"]), "Docker would kill before the drain's own deadline");

        var server = Check().Match(Text("deploy/compose/haproxy.cfg"));
        var noticed = TimeSpan.FromMilliseconds(int.Parse(server.Groups["inter"].Value)) * int.Parse(server.Groups["fall"].Value);
        Assert.True(drain.LameDuck >= noticed + LongestAnswer / 2, "HAProxy would still send new connections when the door closes");
        Assert.True(drain.LameDuck + LongestAnswer < drain.CutAfter, "nothing would be left of the grace period for what is in flight");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("deploy/compose/docker-compose.yml")]
    [InlineData("deploy/swarm/stack.yml")]
    public void Nothing_may_do_more_than_it_must(string file) => Assert.All((string[])["proxy", "hits", "redis"], name =>
    {
        var service = Service(file, name);
        Assert.Equal("true", service["read_only"]);
        Assert.Equal(["ALL"], (List<object>)service["cap_drop"]);
    });

    static Dictionary<object, object> Service(string file, string name)
    {
        var all = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(Text(file));
        return (Dictionary<object, object>)((Dictionary<object, object>)all["services"])[name];
    }

    static string Text(string file) => File.ReadAllText(Path.Combine(Build.RepositoryRoot, file));

    static TimeSpan Time(object text) => TimeSpan.Parse((string)text);

    static TimeSpan Seconds(object text) => TimeSpan.FromSeconds(int.Parse(((string)text).TrimEnd('s')));

    [GeneratedRegex(@"inter (?<inter>\d+)ms fall (?<fall>\d+)")]
    private static partial Regex Check();
}
