using Microsoft.Extensions.Options;

namespace Hits;

/// <summary>Something set from outside that the program cannot start with: one line for a person, naming what, its value and what it should be.</summary>
internal sealed class BadSettingException(string message) : Exception(message)
{
    /// <summary>EX_CONFIG of sysexits(3): "something was found in an unconfigured or misconfigured state".</summary>
    public const int ExitCode = 78;

    /// <summary>What to tell the person; null when the exception is about no setting.</summary>
    public static string? Line(Exception exception) => exception switch
    {
        BadSettingException bad => bad.Message,

        // Those of the drain: out of their range, or not of their type. Both name the setting and its value.
        OptionsValidationException options => Printable.Line(options.Message),
        InvalidOperationException { InnerException: FormatException or OverflowException } conversion => Printable.Line(conversion.Message),
        _ => null,
    };
}
