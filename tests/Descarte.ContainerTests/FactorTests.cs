using Descarte.Conformance.Client;
using Descarte.Conformance.Load;
using Descarte.ContainerTests.Docker;
using Descarte.Harness;

namespace Descarte.ContainerTests;

/// <summary>The procedures of examples/factor8 and examples/factor9, as their READMEs say.</summary>
[Collection(DockerCollection.Name)]
public sealed class FactorTests(Images images)
{
    const string Before = "examples/factor8";
    const string After = "examples/factor9";
    const int Killed = 137;

    /// <summary>Docker's own grace period.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>A second is what the example promises of the process; the other is for a daemon on a machine that is busy, and tells of the end late.</summary>
    static readonly TimeSpan Blink = TimeSpan.FromSeconds(2);

    [Fact(Timeout = 120_000)]
    public async Task Before_a_stop_takes_the_whole_grace_period_and_ends_in_a_kill()
    {
        await using var project = await ComposeProject.UpAsync(images.Host, Before);
        await project.FirstNumberAsync();
        await AssertKilledAsync(project, Grace);
        Assert.Equal(0, await project.ExitCodeAsync("redis"));

        await project.RunAsync("start");
        await project.FirstNumberAsync();
        await AssertKilledAsync(project, Grace / 2, "-t", "5");
    }

    [Fact(Timeout = 120_000)]
    public async Task Before_an_open_stream_holds_the_default_host_even_as_process_1()
    {
        await using var project = await ComposeProject.UpAsync(images.Host, Before, "docker-compose.yml", "docker-compose.exec.yml");
        await project.FirstNumberAsync();
        await project.RunAsync("stop");
        Assert.Equal(0, await project.ExitCodeAsync("hits"));

        await project.RunAsync("start");
        await project.FirstNumberAsync();
        await using var stream = await EventStream.OpenAsync(project.Target);
        await AssertKilledAsync(project, Grace);
    }

    [Fact(Timeout = 120_000)]
    public async Task After_a_stop_takes_a_blink_and_the_count_goes_on()
    {
        await using var project = await ComposeProject.UpAsync(images.Host, After);
        Assert.Equal(1, await project.FirstNumberAsync());
        await AssertBlinkAsync(project);
        await project.RunAsync("up", "-d");
        Assert.Equal(2, await project.FirstNumberAsync());
        await project.RunAsync("stop", "-t", "5");
        Assert.Equal(0, await project.ExitCodeAsync("hits"));
    }

    [Fact(Timeout = 120_000)]
    public async Task After_nobody_is_killed_with_requests_in_flight_and_a_stream_open()
    {
        await using var project = await ComposeProject.UpAsync(images.Host, After);
        await project.FirstNumberAsync();
        await using var stream = await EventStream.OpenAsync(project.Target);
        await using var load = LoadGenerator.Start(new LoadOptions { Target = project.Target, Clients = 32, AnswerTimeout = TimeSpan.FromSeconds(30) });
        await load.AnsweredAsync(500, TestContext.Current.CancellationToken);
        await AssertBlinkAsync(project);
        Assert.Equal(Outcome.Answered, await stream.ReadToEndAsync());
        var seen = await load.StopAsync();
        Assert.Empty(seen.Lost);
        Assert.DoesNotContain(seen.Exchanges, exchange => exchange.Outcome.IsAnswered() && exchange.Status != 200);
    }

    /// <summary>Stopped with SIGTERM, which is not heard, and killed when the time is over.</summary>
    async Task AssertKilledAsync(ComposeProject project, TimeSpan patience, params string[] options)
    {
        var (time, signals) = await StopAsync(project, options);
        Assert.InRange(time, patience, patience + (Grace / 2));
        Assert.Equal([$"{(int)Signal.Terminate}", $"{(int)Signal.Kill}"], signals);
        Assert.Equal(Killed, await project.ExitCodeAsync("hits"));
    }

    async Task AssertBlinkAsync(ComposeProject project)
    {
        var (time, signals) = await StopAsync(project);
        Assert.InRange(time, TimeSpan.Zero, Blink);
        Assert.Equal([$"{(int)Signal.Terminate}"], signals);
        Assert.Equal(0, await project.ExitCodeAsync("hits"));
    }

    /// <summary><c>docker-compose stop</c>, and what it was for Hits.</summary>
    async Task<(TimeSpan Time, string[] Signals)> StopAsync(ComposeProject project, params string[] options)
    {
        var hits = await project.ContainerAsync("hits");
        var begun = DateTimeOffset.UtcNow;
        await project.RunAsync(["stop", .. options]);
        return await images.Host.StopOfAsync(hits, begun);
    }
}
