namespace Hits;

/// <summary>Everything that can be set from outside, read once, in one place.</summary>
/// <param name="Store">Where the hits are counted.</param>
/// <param name="Addresses">Where to listen, unless <paramref name="InheritsListeners"/>.</param>
/// <param name="InheritsListeners">Whether the listening sockets are there already, open in this process (LISTEN_FDS).</param>
/// <param name="InheritsHttps">Whether one of them is to speak TLS (LISTEN_FDNAMES).</param>
internal sealed record HitsSettings(StoreSettings Store, Addresses Addresses, bool InheritsListeners, bool InheritsHttps = false)
{
    /// <summary>Those of this process.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <exception cref="BadSettingException">One of them is wrong.</exception>
    public static HitsSettings Read(IReadOnlyList<string> arguments) =>
        Read(arguments, Environment.GetEnvironmentVariable, Environment.ProcessId);

    /// <summary>Reads the command line and the environment. A variable that is set to nothing counts as not set.</summary>
    /// <param name="arguments">The command line; only <c>--urls</c> is looked at.</param>
    /// <param name="environment">A variable's value, or null.</param>
    /// <param name="processId">This process, which LISTEN_PID must name for LISTEN_FDS to be meant for it.</param>
    /// <exception cref="BadSettingException">One of them is wrong.</exception>
    public static HitsSettings Read(IReadOnlyList<string> arguments, Func<string, string?> environment, int processId)
    {
        string? Value(string name) => environment(name) is { Length: > 0 } value ? value : null;

        var inherits = Inherits(Value, processId);
        var inheritsHttps = inherits && Value("LISTEN_FDNAMES")?.Split(':').Contains("https") == true;
        return new HitsSettings(StoreSettings.Read(Value), Addresses.Read(arguments, Value), inherits, inheritsHttps);
    }

    /// <summary>The rule of sd_listen_fds(3): descriptors are for the process that LISTEN_PID names, and for no other.</summary>
    static bool Inherits(Func<string, string?> value, int processId) =>
        int.TryParse(value("LISTEN_FDS"), out var count) && count > 0
        && int.TryParse(value("LISTEN_PID"), out var addressee) && addressee == processId;
}
