using System.Globalization;

namespace Descarte.Conformance.Judging;

/// <summary>How figures are written.</summary>
static class Figures
{
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

    /// <summary>The last line that a program wrote: the one that says why it ended. Empty when it wrote nothing.</summary>
    public static string LastLine(string output) => output.Trim().Split('\n')[^1].Trim();
}
