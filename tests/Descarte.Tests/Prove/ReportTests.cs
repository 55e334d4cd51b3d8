using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using Descarte.Conformance.Reports;

namespace Descarte.Tests.Prove;

/// <summary>Reports of a subject that would like to write them itself.</summary>
public partial class ReportTests
{
    const string Hostile = "</script><script>alert(1)</script><!--{{data}}&\"'\u0001\ud800";

    static readonly Recording Bad = Recordings.Good().With(Experiment.Idle, trial => trial with { Output = Hostile, StartFailure = null, ExitCode = 9 }) with { Subject = Hostile };

    [Fact]
    public void What_the_subject_says_is_data_in_the_page()
    {
        var page = Text(stream => HtmlReport.Write(Bad, Judge.Of(Bad), stream));
        Assert.Equal(2, Scripts().Count(page));
        Assert.DoesNotContain("alert(1)</script>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page.Replace("{{data}}", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_asks_nobody_for_anything()
    {
        var page = Text(stream => HtmlReport.Write(Bad, Judge.Of(Bad), stream));
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex("(src|href)=\"(?!data:)"), page);
    }

    [Fact]
    public void Of_too_many_requests_the_lost_ones_are_shown_and_those_around_the_signal()
    {
        const int Most = 100;
        var many = Recordings.Good().With(Experiment.LoadKept, trial =>
        {
            var answered = trial.Sightings.First(seen => seen.Role == Role.Load);
            return trial with
            {
                Sightings =
                [
                    .. Enumerable.Range(0, Most + 1_000).Select(index => answered with { StartedAt = trial.Signal().Before + index, EndedAt = trial.Signal().Before + index + 1 }),
                    answered with { Outcome = Outcome.Reset, StartedAt = trial.Signal().Before + 1_000_000, EndedAt = trial.Signal().Before + 1_000_001 },
                ],
            };
        });
        var view = ReportView.Of(many, Judge.Of(many), Most).Trials.First(trial => trial.Name.Contains("load kept", StringComparison.Ordinal));
        var shown = view.Lanes.SelectMany(lane => lane.Requests).ToList();
        Assert.Equal(Most, shown.Count);
        Assert.Single(shown, request => request.Outcome == Outcome.Reset);
        Assert.Equal(Most - 2, shown.Where(request => request.Outcome == Outcome.Answered).Max(request => request.From));
    }

    [Fact]
    public void JUnit_can_be_read_whatever_the_subject_is_called()
    {
        var judgement = Judge.Of(Bad);
        var suite = XDocument.Parse(Text(stream => JUnit.Write(Bad, judgement, stream))).Root!;
        Assert.Equal((judgement.Results.Count, judgement.Failed.Count), ((int)suite.Attribute("tests")!, (int)suite.Attribute("failures")!));
        Assert.Equal(judgement.Failed.Count, suite.Elements("testcase").Count(test => test.Element("failure") is not null));
        Assert.Equal((int)suite.Attribute("skipped")!, suite.Elements("testcase").Count(test => test.Element("skipped") is not null));
    }

    [GeneratedRegex("<script")]
    private static partial Regex Scripts();

    static string Text(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
