using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel;
using System.Net.Sockets;
using Descarte.Conformance.Subjects;

namespace Descarte.Cli;

/// <summary>Parses and runs, and says each mistake in one line.</summary>
static class CommandRunner
{
    /// <summary>What a command may take after Ctrl+C: to end a pool, or everything that a subject has started.</summary>
    static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"descarte: {parsed.Errors[0].Message.TrimEnd('.')}; see {HelpOf(parsed.CommandResult)}");
            return PoolException.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = CleanUpTime });
        }
        catch (PoolException e)
        {
            Console.Error.WriteLine($"descarte: {e.Message}");
            return e.ExitCode;
        }
        catch (SubjectException e)
        {
            Console.Error.WriteLine($"descarte: {e.Message.ReplaceLineEndings(" ")}");
            return PoolException.Usage;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or Win32Exception)
        {
            // What the machine refuses, wherever it was: a stack trace would say no more to who runs the tool.
            Console.Error.WriteLine($"descarte: {e.Message.ReplaceLineEndings(" ")}");
            return PoolException.OsError;
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C, as a shell reports it.
            return 130;
        }
    }

    static string HelpOf(CommandResult command) => $"descarte {(command.Command is RootCommand ? "" : command.Command.Name + " ")}--help";
}
