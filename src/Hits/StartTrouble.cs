using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Hits;

/// <summary>What a failed start says in one line.</summary>
internal static class StartTrouble
{
    /// <summary>
    /// An exception of the kinds that the libraries throw for settings which they cannot use. Where it came from is no
    /// help: a native program does not know.
    /// </summary>
    public static bool IsOfSettings(Exception exception) => exception
        is OptionsValidationException or InvalidOperationException or FormatException or ArgumentException or InvalidDataException
        or IOException or UnauthorizedAccessException or SocketException or CryptographicException;

    /// <summary>The messages from the outermost to the innermost: the former say which setting, the latter what is wrong with it.</summary>
    public static string Line(Exception exception)
    {
        var messages = new List<string>();
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            // Advice on further lines is for developers.
            var message = Printable.Line(inner.Message.Split('\n')[0].Trim().TrimEnd('.'));
            if (!messages.Exists(said => said.Contains(message, StringComparison.Ordinal)))
            {
                messages.Add(message);
            }
        }

        return string.Join(": ", messages);
    }
}
