using Descarte.Conformance.Evidence;
using Descarte.Conformance.Judging;
using Descarte.FunctionalTests.Drain;
using Descarte.Harness;

namespace Descarte.FunctionalTests.Prove;

/// <summary>Subjects that serve from several processes: section 11.</summary>
[Collection(LoadCollection.Name)]
public sealed class WorkerTests
{
    const int Limit = 300_000;
    const int Attempts = 3;

    static readonly string[] Section = ["11.1", "11.2"];

    [Fact(Timeout = Limit)]
    public async Task A_pool_passes()
    {
        List<Trial> trials = [];
        await Proving.PassesAsync(async (attempt, undecided) =>
        {
            var asked = undecided.Length == 0 ? Section : undecided;
            var run = await RunAsync(port => Pool(port, watchdog: "5"), watchdogMs: 5_000, seed: attempt, asked);
            Assert.DoesNotContain(run.Judgement.Results, result => asked.Contains(result.Clause.Id) && result.Verdict == Verdict.NotApplicable);
            trials.AddRange(run.Recording.Trials);
            return run;
        });

        // Of those that came behind the harmed one, too.
        var hung = trials.Last(trial => trial.Experiment == Experiment.WorkerHung);
        Assert.Equal(Enumerable.Range(32, 16), hung.Sightings.Where(seen => seen.Client >= 32).Select(seen => seen.Client).Distinct().Order());
        Assert.All(hung.Sightings.Where(seen => seen.Client >= 32), seen => Assert.True(seen.StartedAt >= hung.Worker!.Signal.After));
    }

    [Fact(Timeout = Limit)]
    public async Task A_pool_that_is_more_patient_than_it_says_fails_that_clause_and_no_other()
    {
        var judgement = await JudgeAsync(port => Pool(port, watchdog: "3600"), watchdogMs: 500);
        Assert.Contains("not removed in", Assert.Single(judgement.Failed).Finding.Observed, StringComparison.Ordinal);
        Assert.Equal("11.2", judgement.Failed[0].Clause.Id);
    }

    [Fact(Timeout = Limit)]
    public async Task A_server_of_one_process_is_not_judged()
    {
        var judgement = await JudgeAsync(_ => [.. Build.Command("tests/TestServer", Flavor.Ordinary), "well-behaved"], watchdogMs: 500, Section);
        Assert.Equal([Verdict.NotApplicable, Verdict.NotApplicable], Verdicts(judgement));
        Assert.All(judgement.Results.Where(IsOfSection), result => Assert.Equal("it serves from one process", result.Finding.Observed));
    }

    /// <summary>Once more where the machine did not let it be decided.</summary>
    static async Task<Judgement> JudgeAsync(Func<int, string[]> command, int watchdogMs, params string[] clauses)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (_, judgement) = await RunAsync(command, watchdogMs, attempt, clauses);
            if (attempt == Attempts || Verdicts(judgement).All(verdict => verdict != Verdict.Inconclusive))
            {
                return judgement;
            }
        }
    }

    static async Task<(Recording Recording, Judgement Judgement)> RunAsync(Func<int, string[]> command, int watchdogMs, int seed, string[] clauses)
    {
        // Without a counter: the test server counts in one process.
        var (recording, judgement) = await Proving.RunAsync(
            command,
            Proving.AllHints with { WatchdogMs = watchdogMs, Seed = seed, CounterPath = null, CounterPattern = null },
            clauses: clauses,
            environment: ("Logging__LogLevel__Default", "Warning"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{judgement.Blemishes()}\n{string.Join("\n\n", recording.Trials.Where(trial => trial.Worker is not null).Select(trial => $"{trial.Worker}\n{trial.Output}"))}");
        return (recording, judgement);
    }

    static string[] Pool(int port, string watchdog) =>
    [
        .. Build.Command("src/Descarte.Cli", Build.Fastest("src/Descarte.Cli")), "run", "-n", "3", "--watchdog", watchdog, "--listen", $"http://127.0.0.1:{port}",
        "--", .. Build.Command("tests/TestServer", Build.Fastest("tests/TestServer")), "well-behaved",
    ];

    static IEnumerable<Verdict> Verdicts(Judgement judgement) => judgement.Results.Where(IsOfSection).Select(result => result.Verdict);

    static bool IsOfSection(ClauseResult result) => Section.Contains(result.Clause.Id);
}
