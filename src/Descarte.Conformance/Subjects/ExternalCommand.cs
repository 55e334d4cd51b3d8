using System.ComponentModel;
using System.Diagnostics;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Subjects;

/// <summary>A command line that the suite itself needs, such as docker's, run to its end with no shell between.</summary>
static class ExternalCommand
{
    /// <returns>What it wrote on standard output, without the last line break.</returns>
    /// <exception cref="SubjectException">There is no such program, or it failed: the message ends with the line in which it says why.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string workingDirectory, CancellationToken cancellation = default)
    {
        var start = new ProcessStartInfo(Programs.Find(program, workingDirectory), arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            try
            {
                await process.WaitForExitAsync(cancellation);
                return process.ExitCode == 0
                    ? (await output).TrimEnd()
                    : throw new SubjectException($"{program} {string.Join(' ', start.ArgumentList)} failed: {(Figures.LineThatSaysWhy(await error) is { Length: > 0 } said ? said : "it said nothing")}");
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                throw;
            }
        }
        catch (Win32Exception exception)
        {
            throw new SubjectException($"{program} cannot be started: {exception.Message}");
        }
    }
}
