using System.Text.Json;
using Descarte.ContainerTests.Docker;

namespace Descarte.ContainerTests;

/// <summary>What is in the images of Hits and of the tool, and what is not.</summary>
[Collection(DockerCollection.Name)]
public sealed class ImageTests(Images images)
{
    const long Megabyte = 1_000_000;

    [Fact(Timeout = 60_000)]
    public async Task It_is_small_and_says_what_it_is()
    {
        var image = JsonDocument.Parse(await images.Host.DockerAsync("image", "inspect", "hits")).RootElement[0];
        Assert.InRange(image.GetProperty("Size").GetInt64(), 1, 60 * Megabyte);
        var config = image.GetProperty("Config");
        Assert.Equal("1654", config.GetProperty("User").GetString());
        Assert.Equal("SIGTERM", config.GetProperty("StopSignal").GetString());
        Assert.Equal("/app/Hits", Assert.Single(config.GetProperty("Entrypoint").EnumerateArray()).GetString());
        Assert.Equal(["CMD", "/app/Hits", "--health"], config.GetProperty("Healthcheck").GetProperty("Test").EnumerateArray().Select(part => part.GetString()));
        Assert.True(config.GetProperty("ExposedPorts").TryGetProperty("5000/tcp", out _));
        Assert.Contains("HOST_REDIS=redis", config.GetProperty("Env").EnumerateArray().Select(variable => variable.GetString()));
        var labels = config.GetProperty("Labels");
        Assert.Equal("Hits", labels.GetProperty("org.opencontainers.image.title").GetString());
        Assert.Equal("MIT", labels.GetProperty("org.opencontainers.image.licenses").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_tool_is_small_and_works()
    {
        var image = JsonDocument.Parse(await images.Host.DockerAsync("image", "inspect", "descarte")).RootElement[0];
        Assert.InRange(image.GetProperty("Size").GetInt64(), 1, 60 * Megabyte);
        var config = image.GetProperty("Config");
        Assert.Equal("1654", config.GetProperty("User").GetString());
        Assert.Equal("descarte", config.GetProperty("Labels").GetProperty("org.opencontainers.image.title").GetString());
        Assert.Contains("backlog", await images.Host.DockerAsync("run", "--rm", "--read-only", "--network", "none", "descarte", "clauses", "3.4"));
        var nothing = await Command.TryAsync("docker", ["run", "--rm", "descarte", "prove"], images.Host.Environment);
        Assert.Equal(2, nothing.ExitCode);
        Assert.Contains("Nothing to test", nothing.StandardError);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("hits", "app/Hits")]
    [InlineData("descarte", "usr/local/bin/descarte")]
    public async Task There_is_no_shell_in_it(string name, string program)
    {
        var container = await images.Host.DockerAsync("create", name);
        try
        {
            var files = await Command.RunAsync("sh", ["-c", $"docker export {container} | tar -t"], images.Host.Environment);
            Assert.Contains(program, files);
            Assert.DoesNotMatch("(?m)^(\\./)?(usr/)?bin/(ba|da|bu|)sh", files);
            Assert.DoesNotContain(".dbg", files);
        }
        finally
        {
            await images.Host.DockerAsync("rm", container);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task It_is_healthy_on_a_read_only_root_while_it_can_count_and_unhealthy_while_it_cannot()
    {
        const string Network = "image-tests";
        await images.Host.DockerAsync("network", "create", Network);
        try
        {
            await images.Host.DockerAsync("run", "--detach", "--name", "redis", "--network", Network, "redis:8");
            await images.Host.DockerAsync(
                "run", "--detach", "--name", "hits", "--network", Network, "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
                "--health-interval", "500ms", "--health-retries", "1", "hits");
            await images.Host.HealthAsync("hits", "healthy");
            await images.Host.DockerAsync("kill", "redis");
            await images.Host.HealthAsync("hits", "unhealthy");
            await images.Host.DockerAsync("start", "redis");
            await images.Host.HealthAsync("hits", "healthy");
        }
        finally
        {
            await Command.TryAsync("docker", ["rm", "--force", "--volumes", "hits", "redis"], images.Host.Environment);
            await images.Host.DockerAsync("network", "rm", Network);
        }
    }
}
