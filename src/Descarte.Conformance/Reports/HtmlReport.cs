using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Reports;

/// <summary>
/// The report as one HTML file that needs nothing else. What the subject said is in it as data only: encoded in the head, packed JSON in the body, and its
/// policy allows no script but its own.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes the report.</summary>
    /// <param name="recording">What was seen.</param>
    /// <param name="judgement">What was concluded.</param>
    /// <param name="stream">Where it goes.</param>
    /// <param name="mostRequests">How many requests of a life are shown: a picture of more bars is none. Those that were lost are kept first.</param>
    public static void Write(Recording recording, Judgement judgement, Stream stream, int mostRequests = 4_000)
    {
        var (script, style) = (Resource("report.js"), Resource("report.css"));
        var text = new StringBuilder(Resource("report.html"))
            .Replace("{{script-hash}}", Hash(script))
            .Replace("{{style-hash}}", Hash(style))
            .Replace("{{style}}", style);

        // From here on nothing is replaced in what was put in: each mark is the last of its kind, and data comes last.
        var about = string.Create(
            CultureInfo.InvariantCulture,
            $"{recording.StartedAt:yyyy-MM-dd HH:mm} UTC, profile {(judgement.Profile == Profile.Strict ? "strict" : "lame-duck")}, seed {recording.Settings.Seed}, {recording.Machine}");
        string[] parts = text.ToString().Split("{{");
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        writer.Write(parts[0]);
        foreach (var part in parts.Skip(1))
        {
            var end = part.IndexOf("}}", StringComparison.Ordinal);
            writer.Write(part[..end] switch
            {
                "title" => WebUtility.HtmlEncode($"{judgement.Sentence()}: {recording.Subject}"),
                "sentence" => WebUtility.HtmlEncode(judgement.Sentence()),
                "subject" => WebUtility.HtmlEncode(recording.Subject),
                "about" => WebUtility.HtmlEncode(about),

                // A seventh of its size; and nothing in it can end the element.
                "data" => Packed(ReportView.Of(recording, judgement, mostRequests)),
                "script" => script,
                var unknown => throw new InvalidOperationException(unknown),
            });
            writer.Write(part.AsSpan(end + 2));
        }
    }

    static string Packed(ReportView view)
    {
        using var packed = new MemoryStream();
        using (var pack = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            JsonSerializer.Serialize(pack, view, ReportJson.Default.ReportView);
        }

        return Convert.ToBase64String(packed.ToArray());
    }

    static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    static string Resource(string name)
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);

        // A checkout may have given it other line ends; a browser hashes what it reads.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
