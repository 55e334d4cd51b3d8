using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using Descarte.ContainerTests.Docker;
using Descarte.Harness;

namespace Descarte.ContainerTests;

/// <summary><c>descarte prove</c> with containers: of an image, of a compose service, and one that runs already.</summary>
[Collection(DockerCollection.Name)]
public sealed class ProveTests(Images images) : IDisposable
{
    const int Limit = 600_000;
    const int Attempts = 3;
    const string Counter = @"/ (\d+) times";

    readonly TempFolder _folder = new();

    [Fact(Timeout = Limit)]
    public async Task Before_it_is_not_disposable_and_the_diagnosis_names_the_shell_as_process_1()
    {
        var (exitCode, output, error) = await ProveAsync("--compose", "examples/factor8/docker-compose.yml", "--service", "hits", "--counter", Counter, "--grace", "3s", "--quick");
        Assert.True(exitCode == 1, output + error);
        Assert.Contains("Diagnosis: PID 1 of the container is a shell", output, StringComparison.Ordinal);
        Assert.Contains("PID 1 is /bin/sh -c dotnet Factor8.dll, with 1 process below it", output, StringComparison.Ordinal);
        Assert.Equal("Fail", Verdict("10.1"));

        // Nothing but SIGKILL stops it: it cannot help failing what measures a stop.
        Assert.Equal("Fail", Verdict("2.1"));
        await OnlyTheCountStaysAsync("factor8");
    }

    [Fact(Timeout = Limit)]
    public async Task After_it_passes_every_clause_that_applies()
    {
        var (exitCode, output, error) = await ProveAsync(
            "--compose", "examples/factor9/docker-compose.yml", "--service", "hits", "--counter", Counter, "--sse", "/events", "--ready", "/readyz", "--quick");
        await OnlyTheCountStaysAsync("factor9");
        Assert.True(exitCode == 0, output + error);
        Assert.DoesNotContain("fail", output, StringComparison.Ordinal);
        foreach (var clause in new[] { "2.1", "3.1", "3.4", "5.4", "6.1", "8.1", "9.1", "9.2", "10.1", "10.2" })
        {
            Assert.Equal("Pass", Verdict(clause));
        }
    }

    [Fact(Timeout = Limit)]
    public async Task An_image_is_started_with_its_arguments_and_variables_and_nothing_of_it_stays()
    {
        var volumes = await images.Host.LinesAsync("volume", "ls", "--quiet");
        var (exitCode, output, _) = await ProveAsync("--image", "hits", "--env", "HOST_REDIS=", "--env", "HITS_DB=/tmp/hits.db", "--clause", "10.1", "--clause", "10.2", "--", "--urls", "http://+:7000");
        Assert.True(exitCode == 0, output);
        Assert.Equal("Pass", Verdict("10.1"));
        Assert.Equal("Pass", Verdict("10.2"));
        Assert.Contains("image hits --urls http://+:7000", output, StringComparison.Ordinal);
        Assert.Empty(await images.Host.LinesAsync("ps", "--all", "--quiet"));
        Assert.Equal(volumes, await images.Host.LinesAsync("volume", "ls", "--quiet"));
    }

    [Theory(Timeout = Limit)]
    [InlineData("reaps-nobody", "10.2")]
    [InlineData("well-behaved", "")]
    public async Task A_first_process_that_reaps_nobody_fails_that_clause_and_no_other(string behaviour, string failed)
    {
        Need.Aot("tests/TestServer");
        await images.Host.DockerAsync(
            "build", "--tag", "test-server", "--file", "tests/Descarte.ContainerTests/test-server.Dockerfile", Path.GetDirectoryName(Build.AotPath("tests/TestServer"))!);
        for (var attempt = 1; ; attempt++)
        {
            var (_, output, error) = await ProveAsync("--image", "test-server", "--quick", "--", behaviour);
            Assert.True(File.Exists(_folder["run.json"]), output + error);
            if (Verdict("10.2") == "Inconclusive" && attempt < Attempts)
            {
                Assert.Equal("", Failed);
                continue;
            }

            Assert.True(failed == Failed, output);
            Assert.Equal(failed.Length > 0 ? "Fail" : "Pass", Verdict("10.2"));
            return;
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_container_that_was_there_is_stopped_with_its_own_signal_and_afterwards_as_it_was()
    {
        await images.Host.DockerAsync(
            "run", "--detach", "--name", "there", "--restart", "on-failure:3", "--stop-signal", "SIGQUIT", "--env", "HOST_REDIS=", "--env", "HITS_DB=/tmp/hits.db", "hits");
        try
        {
            var (exitCode, output, _) = await ProveAsync("--container", "there", "--clause", "10.1", "--quick");
            Assert.True(exitCode == 0, output);
            Assert.Contains("handles SIGQUIT", output, StringComparison.Ordinal);
            Assert.Equal(
                "true on-failure 3",
                await images.Host.DockerAsync("inspect", "--format", "{{.State.Running}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}", "there"));
        }
        finally
        {
            await images.Host.DockerAsync("rm", "--force", "there");
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_compose_service_that_was_there_is_afterwards_as_it_was()
    {
        await using var project = await ComposeProject.UpAsync(images.Host, "examples/factor9");
        await project.FirstNumberAsync();
        var container = await project.ContainerAsync("hits");
        var (exitCode, output, error) = await ProveAsync(project.Environment, "--compose", "examples/factor9/docker-compose.yml", "--service", "hits", "--clause", "10.1");
        Assert.True(exitCode == 0, output + error);
        Assert.Equal("Pass", Verdict("10.1"));
        Assert.Equal(container, await project.ContainerAsync("hits"));
        Assert.True(await project.FirstNumberAsync() > 1);
    }

    [Fact(Timeout = Limit)]
    public async Task A_scaled_compose_service_is_refused_and_left_alone()
    {
        const string Folder = "deploy/compose";
        await using var project = await ComposeProject.UpAsync(images.Host, Folder);
        await project.ScaleAsync("hits", 2);
        var containers = await project.ContainersAsync("hits");
        var (exitCode, _, error) = await ProveAsync(project.Environment, "--compose", $"{Folder}/docker-compose.yml", "--service", "hits");
        Assert.Equal(2, exitCode);
        Assert.Contains("has 2 containers", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(containers, await project.ContainersAsync("hits"));
        await project.FirstNumberAsync();
    }

    [Theory(Timeout = Limit)]
    [InlineData("no-such-container", "docker inspect", "--container", "no-such-container")]
    [InlineData("no-such-service", "docker-compose", "--compose", "examples/factor9/docker-compose.yml", "--service", "no-such-service")]
    [InlineData("no-such-file.yml", "docker-compose", "--compose", "no-such-file.yml", "--service", "hits")]
    [InlineData("start it without --pid", "process 1", "--container", "sharing")]
    public async Task What_cannot_be_tested_is_said_in_one_line(string what, string where, params string[] options)
    {
        await images.Host.DockerAsync("run", "--detach", "--name", "sharing", "--pid", "host", "--env", "HOST_REDIS=", "--env", "HITS_DB=/tmp/hits.db", "hits");
        try
        {
            var (exitCode, _, error) = await ProveAsync(options);
            Assert.Equal(2, exitCode);
            var line = Assert.Single(error.TrimEnd().Split('\n'));
            Assert.Contains(what, line, StringComparison.Ordinal);
            Assert.Contains(where, line, StringComparison.Ordinal);
        }
        finally
        {
            await images.Host.DockerAsync("rm", "--force", "sharing");
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Interrupted_it_leaves_no_container()
    {
        await using (var tool = ChildProcess.Start(Tool("--image", "hits", "--env", "HOST_REDIS=", "--env", "HITS_DB=/tmp/hits.db"), Build.RepositoryRoot, images.Host.Environment))
        {
            while ((await images.Host.LinesAsync("ps", "--quiet")).Length == 0)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            tool.Send(Signal.Interrupt);
            Assert.Equal(130, await tool.WaitForExitAsync(TimeSpan.FromSeconds(60)));
        }

        Assert.Empty(await images.Host.LinesAsync("ps", "--all", "--quiet"));
    }

    string Failed => string.Join(", ", Judged().Failed.Select(result => result.Clause.Id));

    public void Dispose() => _folder.Dispose();

    /// <summary>The project was not there before, and is taken down; its named volume is the user's.</summary>
    async Task OnlyTheCountStaysAsync(string project)
    {
        Assert.Empty(await images.Host.LinesAsync("ps", "--all", "--quiet"));
        Assert.Empty(await images.Host.LinesAsync("network", "ls", "--quiet", "--filter", $"label=com.docker.compose.project={project}"));
        await images.Host.DockerAsync("volume", "rm", $"{project}_counts");
    }

    Task<(int ExitCode, string Output, string Error)> ProveAsync(params string[] options) => ProveAsync(images.Host.Environment, options);

    async Task<(int ExitCode, string Output, string Error)> ProveAsync(IReadOnlyDictionary<string, string?> environment, params string[] options)
    {
        var tool = Tool(["--json", _folder["run.json"], .. options]);
        for (var attempt = 1; ; attempt++)
        {
            var result = await Command.TryAsync(tool[0], tool[1..], environment);

            // 3: the machine was too busy to say.
            if (result.ExitCode != 3 || attempt == Attempts)
            {
                return (result.ExitCode, result.StandardOutput, result.StandardError);
            }
        }
    }

    string[] Tool(params string[] options) => ["nsenter", .. images.Host.Here([.. Build.Command("src/Descarte.Cli", Flavor.Ordinary), "prove", .. options])];

    string Verdict(string clause) => Judged().Results.Single(result => result.Clause.Id == clause).Verdict.ToString();

    /// <summary>Judged again from the recording, which so is complete.</summary>
    Judgement Judged()
    {
        using var stream = File.OpenRead(_folder["run.json"]);
        return Judge.Of(RecordingFile.Read(stream));
    }
}
