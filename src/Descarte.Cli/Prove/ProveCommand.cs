using System.CommandLine;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Experiments;
using Descarte.Conformance.Judging;
using Descarte.Conformance.Reports;
using Descarte.Conformance.Subjects;

namespace Descarte.Cli.Prove;

/// <summary><c>descarte prove</c>.</summary>
static class ProveCommand
{
    /// <param name="program">What stands behind the two dashes: the program to test.</param>
    public static Command Create(string[] program)
    {
        var subject = new ProveOptionSet();
        var profile = new Option<string>("--profile") { Description = "strict (refuse new work at once) or lame-duck (keep serving a while)", DefaultValueFactory = _ => "strict" }
            .AcceptOnlyFromAmong("strict", "lame-duck");
        var strict = new Option<bool>("--strict") { Description = "A SHOULD that failed counts as a MUST" };
        var from = new Option<string?>("--from") { Description = "Judge this recording again instead of testing anything" };
        var json = new Option<string?>("--json") { Description = "Write the recording to this file" };
        var junit = new Option<string?>("--junit") { Description = "Write the verdicts to this file, as JUnit XML" };
        var report = new Option<string?>("--report") { Description = "Write a report to this file: one HTML page that needs nothing else" };
        var command = new Command("prove", "Starts, loads, stops and kills a service, and judges clause by clause whether it can be thrown away safely.")
        {
            profile, strict, from, json, junit, report,
        };
        subject.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (recorded, verdicts, page) = (parsed.GetValue(json), parsed.GetValue(junit), parsed.GetValue(report));
            Files.Check([recorded, verdicts, page]);
            var recording = parsed.GetValue(from) is { } file ? Read(file, program, subject.FirstGiven(parsed)) : await TestAsync(subject.Read(parsed, program), cancellation);
            var judgement = Judge.Of(recording, parsed.GetValue(profile) == "strict" ? Profile.Strict : Profile.LameDuck);
            Terminal.Show(recording, judgement);
            Files.Write(
                (recorded, stream => RecordingFile.Write(recording, stream)),
                (verdicts, stream => JUnit.Write(recording, judgement, stream)),
                (page, stream => HtmlReport.Write(recording, judgement, stream)));
            return judgement.ExitCode(parsed.GetValue(strict));
        });
        return command;
    }

    static Recording Read(string file, string[] program, string? given) =>
        program.Length > 0 ? throw new SubjectException("--from judges a recording and starts nothing: leave out the command behind --, or --from")
        : given is not null ? throw new SubjectException($"--from judges a recording as it was made: leave out {given}, or --from")
        : Files.ReadRecording(file);

    static async Task<Recording> TestAsync(ProveOptions options, CancellationToken cancellation)
    {
        using var interruption = new Interruption(cancellation);
        using var progress = new ProgressLine();
        return await Proof.RunAsync(options, progress.Show, interruption.Token);
    }
}
