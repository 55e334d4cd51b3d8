using System.Xml.Linq;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using Descarte.Conformance.Reports;
using static Descarte.Tests.Prove.Recordings;

namespace Descarte.Tests.Prove;

/// <summary>A pass needs evidence: where the thing in question was not there, nobody has passed.</summary>
public class EvidenceTests
{
    [Fact]
    public void An_answer_that_is_no_event_stream_is_none_that_ended()
    {
        var typo = Good().With(Experiment.EventStreams, trial => trial.With(Role.EventStream, seen => seen with { Status = 404 }));
        Assert.Equal(Verdict.Inconclusive, Of(typo, "6.1").Verdict);
        Assert.Equal(Verdict.Inconclusive, Of(typo.With(Experiment.WebSockets, trial => trial.With(Role.WebSocket, seen => seen with { Status = 404 })), "6.3").Verdict);
        Assert.Equal(Verdict.Inconclusive, Of(Good().With(Experiment.EventStreams, trial => trial.With(Role.EventStream, seen => seen with { BodyBefore = null })), "6.1").Verdict);
    }

    [Theory]
    [InlineData(Experiment.LoadNew)]
    [InlineData(Experiment.Slow)]
    [InlineData(Experiment.EventStreams)]
    public void A_start_that_fails_behind_any_stop_is_no_start_again(Experiment experiment)
    {
        var stuck = Good().With(experiment, trial => trial.Round == 1 ? trial with { ReadyAt = null, StartFailure = "locked" } : trial);
        Assert.Equal("8.1", Assert.Single(Judge.Of(stuck).Failed).Clause.Id);
        Assert.Equal((Verdict.Fail, "after a stop: locked"), Of(stuck, "8.1"));
    }

    [Fact]
    public void What_a_stop_during_the_start_leaves_must_not_stop_the_next()
    {
        var stuck = Good().With(Experiment.LoadNew, trial => trial.Round == 0 ? trial with { ReadyAt = null, StartFailure = "locked" } : trial);
        Assert.Equal("1.2", Assert.Single(Judge.Of(stuck).Failed).Clause.Id);
    }

    [Fact]
    public void Who_was_ready_before_the_signal_was_not_told_during_its_start()
    {
        var quick = Good().With(Experiment.EarlySignal, trial => trial.Round > 7 ? trial.Plus(Asked(trial, -2 * Ms)).Plus(Asked(trial, 300 * Ms)) : trial);
        Assert.Equal(Verdict.Pass, Of(quick, "1.2").Verdict);
        Assert.Equal(Verdict.Fail, Of(Good().With(Experiment.EarlySignal, trial => trial.Round > 7 ? trial.Plus(Asked(trial, 300 * Ms)) : trial), "1.2").Verdict);

        // A container's first process may be, each time: Docker takes its time to tell which that is.
        var always = Good().With(Experiment.EarlySignal, trial => trial.Plus(Asked(trial, -2 * Ms)));
        Assert.Equal((Verdict.NotApplicable, "each time it was ready before it was told to stop"), Of(always, "1.2"));
        var unready = always with { Settings = always.Settings with { Ready = "/readyz" } };
        Assert.Equal(Verdict.Pass, Of(unready.With(Experiment.EarlySignal, trial => trial with { Sightings = [.. trial.Sightings.Select(seen => seen with { Status = 404 })] }), "1.2").Verdict);
        var stuck = always.With(Experiment.LoadNew, trial => trial.Round == 0 ? trial with { ReadyAt = null, StartFailure = "locked" } : trial);
        Assert.Equal(Verdict.Fail, Of(stuck, "1.2").Verdict);

        static Sighting Asked(Trial trial, long after) => LetIn(trial.Signal().Before + after) with { Role = Role.Ready };
    }

    [Fact]
    public void Whoever_has_to_be_killed_resets_what_is_open()
    {
        var killed = Good().With(Experiment.Talkative, trial => Kill(trial).With(Role.Talkative, seen => seen with { Outcome = Outcome.AnsweredThenReset }));
        Assert.NotEqual(Verdict.Fail, Of(killed, "5.5").Verdict);
    }

    [Fact]
    public void Where_no_HTTP_2_connection_was_open_none_went_away()
    {
        var early = Good().With(Experiment.Http2, trial => (trial with { GoAways = [] }).With(Role.Http2, seen => seen with { EndedAt = trial.Signal().Before - Ms }));
        Assert.Equal(Verdict.Inconclusive, Of(early, "5.6").Verdict);
    }

    [Fact]
    public void A_port_that_is_held_at_the_exit_alone_is_held()
    {
        Assert.Equal("7.1", Assert.Single(Judge.Of(Good().With(Experiment.Idle, trial => trial with { PortHeldAtExit = true })).Failed).Clause.Id);
    }

    [Fact]
    public void A_subject_that_never_becomes_ready_fails_for_those_who_read_the_verdicts_only_and_the_report_has_its_last_words()
    {
        var good = Good();
        var never = good with { Trials = [good.Trials[0] with { ReadyAt = null, Signals = [], ExitedAt = null, Sightings = [], StartFailure = "it ended with exit code 9", Output = "the disk is full" }], Calibrations = [] };
        var judgement = Judge.Of(never);
        Assert.Equal(("1.1", 4), (Assert.Single(judgement.Failed).Clause.Id, judgement.ExitCode(strict: false)));

        Assert.Equal((1, 0), Suite(never));
        Assert.Equal((0, 1), Suite(never with { Settings = never.Settings with { Clauses = ["2.1"] } }));

        var view = ReportView.Of(never, judgement, mostRequests: 10);
        Assert.Equal("the disk is full", Assert.Single(view.Trials).Output);
        Assert.Empty(view.Trials[0].Marks);

        static (int Failures, int Errors) Suite(Recording recording)
        {
            using var xml = new MemoryStream();
            JUnit.Write(recording, Judge.Of(recording), xml);
            xml.Position = 0;
            var suite = XDocument.Load(xml).Root!;
            return ((int)suite.Attribute("failures")!, (int)suite.Attribute("errors")!);
        }
    }

    [Fact]
    public void A_start_that_ends_by_itself_behind_one_that_was_stopped_is_none()
    {
        var locked = Good().With(Experiment.EarlySignal, trial => trial.Round > 0 ? trial with { ExitedAt = trial.Signal().Before - Ms, ExitCode = 1 } : trial);
        Assert.Equal("1.2", Assert.Single(Judge.Of(locked).Failed).Clause.Id);
    }

    static (Verdict Verdict, string Observed) Of(Recording recording, string clause)
    {
        var finding = Judge.Of(recording).Results.Single(result => result.Clause.Id == clause).Finding;
        return (finding.Verdict, finding.Observed);
    }
}
