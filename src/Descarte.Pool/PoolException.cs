namespace Descarte;

/// <summary>A pool cannot start, or cannot do what it was asked for. The message is one line for people: what happened, to what, and what to do.</summary>
public sealed class PoolException : Exception
{
    /// <summary>Exit code of a mistake on the command line.</summary>
    public const int Usage = 2;

    /// <summary>EX_CONFIG of sysexits.h: a setting is wrong, or an address cannot be listened on.</summary>
    public const int Configuration = 78;

    /// <summary>EX_OSERR of sysexits.h: the system refuses something; not the program's fault, and perhaps better in a moment.</summary>
    internal const int OsError = 71;

    internal PoolException(string message, int exitCode)
        : base(message) => ExitCode = exitCode;

    internal PoolException(string message, int exitCode, Exception innerException)
        : base(message, innerException) => ExitCode = exitCode;

    /// <summary>What the process should exit with: 2 for a mistake in the options, 78 for a setting, or where it cannot listen, 126 and 127 as a shell has it.</summary>
    public int ExitCode { get; }
}
