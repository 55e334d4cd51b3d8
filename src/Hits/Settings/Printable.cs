namespace Hits;

/// <summary>Text from outside, made fit for a line on a terminal.</summary>
internal static class Printable
{
    const int Longest = 200;

    /// <summary>Control characters, which could start a line of their own or command the terminal, become question marks; the end of a long text is left out.</summary>
    public static string Line(string text)
    {
        var shown = text.Length <= Longest ? text : text[..Longest] + "…";
        return string.Create(shown.Length, shown, static (line, source) =>
        {
            for (var index = 0; index < line.Length; index++)
            {
                line[index] = char.IsControl(source[index]) ? '?' : source[index];
            }
        });
    }
}
