namespace Descarte.Pool.Reconciling;

/// <summary>How a process ended: by itself with a code, or by a signal.</summary>
readonly record struct ExitStatus(int Code, int Signal)
{
    /// <summary>EX_CONFIG of sysexits.h: it says itself that starting it again will not help.</summary>
    public const int BadConfiguration = 78;

    /// <summary>It crashed, or said that it failed. SIGHUP, SIGINT, SIGQUIT, SIGKILL and SIGTERM come from outside, and exit code 0 is no failure.</summary>
    public bool IsFailure => Signal == 0 ? Code != 0 : Signal is not (1 or 2 or 3 or 9 or 15);

    /// <summary>Before it was ever ready: no such program, not executable, or its configuration is wrong. Trying again will not help.</summary>
    public bool IsFinal => Code is BadConfiguration or 126 or 127;

    static readonly Dictionary<int, string> Names = new()
    {
        [1] = "SIGHUP", [2] = "SIGINT", [3] = "SIGQUIT", [4] = "SIGILL", [6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE",
        [9] = "SIGKILL", [11] = "SIGSEGV", [13] = "SIGPIPE", [15] = "SIGTERM",
    };

    /// <summary>The status word of waitpid(2), whose layout Linux and macOS share.</summary>
    public static ExitStatus FromWaitStatus(int status) =>
        (status & 0x7f) == 0 ? new((status >> 8) & 0xff, 0) : new(0, status & 0x7f);

    public override string ToString() => Signal switch
    {
        0 => $"exit code {Code}",
        _ => $"killed by {Names.GetValueOrDefault(Signal, $"signal {Signal}")}",
    };
}
