using System.CommandLine.Parsing;
using System.Globalization;

namespace Descarte.Cli.Run;

/// <summary>Whole numbers on the command line; the library would name .NET's type for them where there is none.</summary>
static class Numbers
{
    /// <param name="name">What the message calls it.</param>
    public static Func<ArgumentResult, int> Parser(string name) => result =>
    {
        if (int.TryParse(result.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        result.AddError($"{name}: '{result.Tokens[0].Value}' is not a whole number");
        return 0;
    };
}
