using System.Globalization;

namespace Descarte.ContainerTests.Docker;

/// <summary>What Docker knows of a container.</summary>
static class Containers
{
    /// <exception cref="InvalidOperationException">It still runs.</exception>
    public static async Task<int> ExitCodeAsync(this DockerHost host, string container)
    {
        var state = (await host.DockerAsync("inspect", "--format", "{{.State.Running}} {{.State.ExitCode}}", container)).Split(' ');
        return state[0] == "false" ? int.Parse(state[1]) : throw new InvalidOperationException($"{container} still runs");
    }

    /// <summary>When its process was started, which changes when it is started again.</summary>
    public static Task<string> StartedAtAsync(this DockerHost host, string container) =>
        host.DockerAsync("inspect", "--format", "{{.State.Running}} {{.State.StartedAt}}", container);

    /// <summary>From the signal that was to stop it to the end of its process, as Docker has noted it; and the signals that it was sent.</summary>
    public static async Task<(TimeSpan Time, string[] Signals)> StopOfAsync(this DockerHost host, string container, DateTimeOffset since)
    {
        var until = DateTimeOffset.UtcNow.AddSeconds(1);
        var events = await host.LinesAsync(
            "events", "--since", Seconds(since), "--until", Seconds(until), "--filter", $"container={container}",
            "--format", "{{.Action}} {{.TimeNano}} {{.Actor.Attributes.signal}}");
        var told = events.Select(line => line.Split(' ')).Where(parts => parts[0] is "kill" or "die").ToList();
        var kills = told.Where(parts => parts[0] == "kill").ToList();
        var nanoseconds = long.Parse(told.Single(parts => parts[0] == "die")[1]) - long.Parse(kills[0][1]);
        return (TimeSpan.FromMicroseconds(nanoseconds / 1000), [.. kills.Select(parts => parts[2])]);
    }

    /// <summary>Waits until a container that goes when it ends has gone.</summary>
    public static async Task GoneAsync(this DockerHost host, string container)
    {
        while ((await Command.TryAsync("docker", ["inspect", container], host.Environment)).IsSuccess)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until Docker's own health check says so.</summary>
    public static async Task HealthAsync(this DockerHost host, string container, string wanted)
    {
        string said;
        while ((said = await host.DockerAsync("inspect", "--format", "{{.State.Running}} {{.State.Health.Status}}", container)) != $"true {wanted}")
        {
            Assert.StartsWith("true", said);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    static string Seconds(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000m).ToString(CultureInfo.InvariantCulture);
}
