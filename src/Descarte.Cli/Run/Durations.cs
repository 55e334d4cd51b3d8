using System.CommandLine;
using System.Globalization;

namespace Descarte.Cli.Run;

/// <summary>Times on the command line: seconds without a unit, as Docker's <c>-t</c>, or with one: 500ms, 10s, 5m, 2h, 1d.</summary>
static class Durations
{
    static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];

    /// <param name="name">With its dashes.</param>
    /// <param name="alias">A shorter one.</param>
    /// <param name="description">For people.</param>
    /// <param name="value">What the help calls the default; the library would show it a second time, as .NET writes a time.</param>
    public static Option<TimeSpan?> Option(string name, string? alias, string description, TimeSpan? value) => new(name, alias is null ? [] : [alias])
    {
        Description = value is { } shown ? $"{description} (default: {shown.TotalSeconds:0} s)" : description,
        CustomParser = result =>
        {
            if (TryParse(result.Tokens[0].Value) is { } time)
            {
                return time;
            }

            result.AddError($"{name}: '{result.Tokens[0].Value}' is not a time (seconds, or 500ms, 10s, 5m, 2h)");
            return null;
        },
    };

    public static TimeSpan? TryParse(string text)
    {
        var (number, seconds) = (text, 1.0);
        foreach (var (unit, factor) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                (number, seconds) = (text[..^unit.Length], factor);
                break;
            }
        }

        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * seconds is >= 0 and <= 1e9
            ? TimeSpan.FromSeconds(value * seconds)
            : null;
    }
}
