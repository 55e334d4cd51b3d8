using System.Globalization;
using System.Text.RegularExpressions;

namespace Descarte.Conformance.Judging;

/// <summary>How figures are written.</summary>
static partial class Figures
{
    /// <summary>Lines: room for a stack trace, and for little that was written before.</summary>
    const int AtTheEnd = 40;

    public static string Time(long microseconds) => microseconds switch
    {
        < 1_000 => "under 1 ms",
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000_000.0:0.0} s"),
    };

    public static string Count(int count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}");

    /// <summary>What none of n allows to say with 95 % confidence: the rule of three.</summary>
    public static string NoneOf(int count) => count == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $" (95 %: under {Math.Min(100, 300.0 / count):0.##} %)");

    /// <summary>The line of a program's output that says why it ended: the last of its end that names an error, else the last. Empty when it wrote nothing.</summary>
    /// <remarks>Below the error stand a stack trace, the run time's version, or where the manual is.</remarks>
    public static string LineThatSaysWhy(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.TakeLast(AtTheEnd).LastOrDefault(NamesAnError().IsMatch) ?? lines.LastOrDefault("");
    }

    // "Error: ", "System.IO.IOException (98): ", "panic: ", and the system's word for the commonest of them.
    [GeneratedRegex(@"(error|exception|panic|fatal)\b[^:]*: |address already in use", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NamesAnError();
}
