using System.Globalization;

namespace Hits;

/// <summary>TCP ports as settings give them.</summary>
internal static class Port
{
    public static int Parse(string name, string? text, int byDefault) => text is null ? byDefault : Parse(name, text);

    public static int Parse(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? port
            : throw new BadSettingException($"{name}: '{Printable.Line(text)}' is not a port (1 to 65535)");
}
