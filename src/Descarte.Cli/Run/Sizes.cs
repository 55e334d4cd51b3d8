using System.CommandLine;
using System.Globalization;

namespace Descarte.Cli.Run;

/// <summary>Sizes on the command line, as Docker has them: bytes, or with K, M or G (powers of 1024).</summary>
static class Sizes
{
    public static Option<long?> Option(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (TryParse(result.Tokens[0].Value) is { } size)
            {
                return size;
            }

            result.AddError($"{name}: '{result.Tokens[0].Value}' is not a size (bytes, or 300M, 2G)");
            return null;
        },
    };

    public static long? TryParse(string text)
    {
        var (number, factor) = text.ToUpperInvariant().TrimEnd('B') switch
        {
            [.. var digits, 'K'] => (digits, 1L << 10),
            [.. var digits, 'M'] => (digits, 1L << 20),
            [.. var digits, 'G'] => (digits, 1L << 30),
            var digits => (digits, 1L),
        };
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= long.MaxValue / factor ? value * factor : null;
    }
}
