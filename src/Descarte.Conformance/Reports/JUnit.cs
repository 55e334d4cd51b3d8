using System.Globalization;
using System.Text;
using System.Xml;
using Descarte.Conformance.Clauses;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Reports;

/// <summary>The verdicts as JUnit XML, which every CI system reads.</summary>
public static class JUnit
{
    /// <summary>Writes a suite with one test case for each clause. A clause that is not applicable or inconclusive is skipped, with the reason.</summary>
    public static void Write(Recording recording, Judgement judgement, Stream stream)
    {
        // 1.1 may not have been asked for.
        var neverReady = judgement.Failed.Count == 0 ? judgement.StartFailure : null;
        using var xml = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false) });
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", Clean($"descarte prove {recording.Subject}"));
        xml.WriteAttributeString("tests", Number(judgement.Results.Count + (neverReady is null ? 0 : 1)));
        xml.WriteAttributeString("errors", neverReady is null ? "0" : "1");
        xml.WriteAttributeString("failures", Number(judgement.Failed.Count));
        xml.WriteAttributeString("skipped", Number(judgement.Results.Count(IsSkipped)));
        if (neverReady is not null)
        {
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("name", "becomes ready");
            xml.WriteStartElement("error");
            xml.WriteAttributeString("message", Clean(neverReady));
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        foreach (var result in judgement.Results)
        {
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("classname", $"{Catalog.SectionOf(result.Clause)} {Catalog.Sections[Catalog.SectionOf(result.Clause)]}");
            xml.WriteAttributeString("name", $"{result.Clause.Id} {result.Clause.Title}");
            if (result.Verdict == Verdict.Fail)
            {
                xml.WriteStartElement("failure");
                xml.WriteAttributeString("message", Clean(result.Finding.Observed));
                xml.WriteAttributeString("type", result.Clause.Level == Level.Must ? "MUST" : "SHOULD");
                xml.WriteString(Clean($"Expected: {result.Clause.Requirement}\nObserved: {result.Finding.Observed}\nRemedy: {result.Clause.Remedy}"));
                xml.WriteEndElement();
            }
            else if (IsSkipped(result))
            {
                xml.WriteStartElement("skipped");
                xml.WriteAttributeString("message", Clean($"{(result.Verdict == Verdict.Inconclusive ? "inconclusive: " : "")}{result.Finding.Observed}"));
                xml.WriteEndElement();
            }
            else
            {
                xml.WriteElementString("system-out", Clean(result.Finding.Observed));
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    static bool IsSkipped(ClauseResult result) => result.Verdict is Verdict.NotApplicable or Verdict.Inconclusive;

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    // What a subject calls itself may hold characters that XML 1.0 has no way to write.
    static string Clean(string text) => string.Concat(text.Where(XmlConvert.IsXmlChar));
}
