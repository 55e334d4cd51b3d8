namespace Hits;

/// <summary>Something set from outside that the program cannot start with: one line for a person, naming what, its value and what it should be.</summary>
internal sealed class BadSettingException(string message) : Exception(message)
{
    /// <summary>EX_CONFIG of sysexits(3): "something was found in an unconfigured or misconfigured state".</summary>
    public const int ExitCode = 78;
}
