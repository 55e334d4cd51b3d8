namespace TestServer;

/// <summary>How this program was started, up to its own arguments: alone, or <c>dotnet</c> and its file.</summary>
static class Command
{
    public static string[] OfThisProgram { get; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? [Environment.ProcessPath!, Environment.GetCommandLineArgs()[0]]
        : [Environment.ProcessPath!];
}
