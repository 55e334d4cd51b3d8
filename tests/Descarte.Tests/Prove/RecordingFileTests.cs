using System.Text;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;

namespace Descarte.Tests.Prove;

public class RecordingFileTests
{
    [Fact]
    public void A_recording_that_was_written_is_judged_as_before()
    {
        foreach (var profile in Enum.GetValues<Profile>())
        {
            Assert.Equal(Verdicts(Recordings.Good(), profile), Verdicts(Read(Write(Recordings.Good())), profile));
        }
    }

    [Fact]
    public void Nothing_is_lost_on_the_way()
    {
        var good = Recordings.Good() with { Server = "a", Machine = "b", Pauses = [new Pause(1, 2)], StartedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) };
        var text = Write(good);
        Assert.Equal(text, Write(Read(text)));
    }

    [Theory]
    [InlineData("", "it is no recording")]
    [InlineData("null", "null")]
    [InlineData("[]", "it is no recording")]
    [InlineData("{}", "it is no recording")]
    [InlineData("""{"schema":1,"subject":"x","settings":{},"trials":[],"surprise":1}""", "it is no recording")]
    [InlineData("""{"schema":1,"subject":"x","settings":{},"trials":[{"experiment":"Nonsense"}]}""", "it is no recording")]
    [InlineData("""{"schema":99,"subject":"x","settings":{},"trials":[]}""", "version 99")]
    [InlineData("""{"schema":1,"subject":"x","settings":{"clauses":[null]},"trials":[]}""", "null")]
    [InlineData("""{"schema":1,"subject":"x","settings":{},"trials":[{"experiment":"Idle","leftAtExit":[null]}]}""", "null")]
    [InlineData("""{"schema":1,"subject":"x","settings":{},"trials":[{"experiment":"Idle","leftLater":[null]}]}""", "null")]
    [InlineData("""{"schema":1,"subject":"x","settings":{},"trials":[{"experiment":"Idle","filesLeft":[null]}]}""", "null")]
    public void What_is_no_recording_is_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        var recording = Read("""{"schema":1,"subject":"x","settings":{},"trials":[{"experiment":"Idle"}]}""");
        Assert.Equal((10_000, "/"), (recording.Settings.GraceMs, recording.Settings.Path));
        Assert.Equal((0, 0, ""), (recording.Pauses.Count, recording.Trials[0].Sightings.Count, recording.Trials[0].Output));
        Assert.NotNull(Judge.Of(recording));
    }

    static IEnumerable<(Verdict, string)> Verdicts(Recording recording, Profile profile) =>
        Judge.Of(recording, profile).Results.Select(result => (result.Verdict, result.Finding.Observed));

    static string Write(Recording recording)
    {
        using var stream = new MemoryStream();
        RecordingFile.Write(recording, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    static Recording Read(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return RecordingFile.Read(stream);
    }
}
