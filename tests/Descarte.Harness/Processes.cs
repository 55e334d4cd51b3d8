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
}
