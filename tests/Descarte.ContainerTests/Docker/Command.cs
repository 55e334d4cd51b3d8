using CliWrap;
using CliWrap.Buffered;

namespace Descarte.ContainerTests.Docker;

/// <summary>A command that a user would type, run to its end.</summary>
static class Command
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <returns>What it wrote on standard output, without the last line break.</returns>
    /// <exception cref="InvalidOperationException">It failed; what it wrote is in the message.</exception>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? folder = null)
    {
        var result = await TryAsync(program, arguments, environment, folder);
        return result.IsSuccess
            ? result.StandardOutput.TrimEnd()
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)}: exit code {result.ExitCode}\n{result.StandardOutput}\n{result.StandardError}");
    }

    /// <summary>As <see cref="RunAsync"/>, where a failure is an answer, too.</summary>
    public static async Task<BufferedCommandResult> TryAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? folder = null)
    {
        using var limit = new CancellationTokenSource(Limit);
        return await Cli.Wrap(program)
            .WithArguments(arguments)
            .WithEnvironmentVariables(environment ?? new Dictionary<string, string?>())
            .WithWorkingDirectory(folder ?? Harness.Build.RepositoryRoot)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(limit.Token);
    }
}
