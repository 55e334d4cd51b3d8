using Descarte.ContainerTests.Docker;
using Descarte.Harness;

namespace Descarte.ContainerTests.Manifests;

/// <summary>deploy/systemd: systemd finds nothing to say about it, and its times allow the drain.</summary>
public sealed class SystemdTests
{
    const string Program = "/usr/local/lib/hits/Hits";

    static readonly string Folder = Path.Combine(Build.RepositoryRoot, "deploy/systemd");

    readonly ILookup<string, string> _service = File.ReadLines(Path.Combine(Folder, "hits.service"))
        .Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
        .ToLookup(line => line[..line.IndexOf('=', StringComparison.Ordinal)], line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);

    [Fact(Timeout = 60_000)]
    public async Task Systemd_has_nothing_to_say_about_the_units()
    {
        var analyze = Need.Program("systemd-analyze");
        using var folder = new TempFolder();
        foreach (var unit in Directory.GetFiles(Folder))
        {
            // It looks whether the program is there, and no test installs one.
            var text = await File.ReadAllTextAsync(unit, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(folder[Path.GetFileName(unit)], text.Replace(Program, "/bin/true", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        }

        var said = await Command.TryAsync(analyze, ["verify", folder["hits.service"], folder["hits.socket"]]);
        Assert.Equal((0, "", ""), (said.ExitCode, said.StandardOutput, said.StandardError));
    }

    [Fact(Timeout = 60_000)]
    public void The_times_allow_the_drain()
    {
        var grace = TimeSpan.Parse(Variable("Descarte__GracePeriod"));
        Assert.True(grace <= Seconds("TimeoutStopSec"), "systemd would kill before the drain's own deadline");
        Assert.Equal("notify", Assert.Single(_service["Type"]));
        Assert.True(Seconds("WatchdogSec") >= TimeSpan.FromSeconds(10), "a busy moment would be a restart");
        Assert.Equal([Program], _service["ExecStart"]);
    }

    string Variable(string name) => Assert.Single(_service["Environment"], variable => variable.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    TimeSpan Seconds(string name) => TimeSpan.FromSeconds(int.Parse(Assert.Single(_service[name])));
}
