namespace Descarte.Harness;

/// <summary>Processes that are not the test's own children.</summary>
public static class Processes
{
    /// <summary>Whether it runs. Dead ones that nobody has reaped are gone for all that matters.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].TrimStart()[0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Those that its first thread has started, and that nobody has reaped.</summary>
    public static IReadOnlyList<int> Children(int process) =>
        [.. File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}
