using System.Globalization;

namespace Descarte.Conformance.Machine;

/// <summary>Signals as Linux numbers them (signal(7), x86 and Arm).</summary>
enum Signal
{
    Hangup = 1,
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    User1 = 10,
    User2 = 12,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
    WindowChange = 28,
}

/// <summary>Their names.</summary>
static class Signals
{
    const string Prefix = "SIG";
    const string RealTime = "RTMIN+";

    /// <summary>What glibc leaves of SIGRTMIN (signal(7)); systemd as process 1 is stopped with SIGRTMIN+3.</summary>
    const int FirstRealTime = 34;

    static readonly Dictionary<string, Signal> Named = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HUP"] = Signal.Hangup,
        ["INT"] = Signal.Interrupt,
        ["QUIT"] = Signal.Quit,
        ["KILL"] = Signal.Kill,
        ["USR1"] = Signal.User1,
        ["USR2"] = Signal.User2,
        ["TERM"] = Signal.Terminate,
        ["CONT"] = Signal.Continue,
        ["STOP"] = Signal.Stop,
        ["WINCH"] = Signal.WindowChange,
    };

    public static string Name(Signal signal)
    {
        var name = Named.FirstOrDefault(pair => pair.Value == signal).Key
            ?? ((int)signal >= FirstRealTime ? $"{RealTime}{(int)signal - FirstRealTime}" : ((int)signal).ToString(CultureInfo.InvariantCulture));
        return Prefix + name;
    }

    /// <summary>From a name as in <c>SIGQUIT</c>, <c>quit</c> or <c>SIGRTMIN+3</c>, or a number; null when it is none.</summary>
    public static Signal? Parse(string text)
    {
        var name = text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..] : text;
        return Named.TryGetValue(name, out var signal) ? signal
            : name.StartsWith(RealTime, StringComparison.OrdinalIgnoreCase) && Number(name[RealTime.Length..]) is { } more ? (Signal)(FirstRealTime + more)
            : Number(text) is { } number and > 0 and < 65 ? (Signal)number
            : null;
    }

    static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
