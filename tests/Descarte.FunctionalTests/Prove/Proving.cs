using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Experiments;
using Descarte.Conformance.Judging;
using Descarte.Conformance.Subjects;
using Descarte.Harness;
using Descarte.Harness.Stops;

namespace Descarte.FunctionalTests.Prove;

/// <summary>Behaviours of tests/TestServer under the suite.</summary>
static class Proving
{
    const string TestServer = "tests/TestServer";
    const int Attempts = 5;

    /// <summary>Every hint that the well-behaved server has an answer to.</summary>
    public static Settings AllHints { get; } = new()
    {
        Slow = "/slow?ms=400",
        Download = "/download?bytes=5000000",
        Upload = "/upload",
        Ready = "/readyz",
        EventStream = "/events",
        WebSocket = "/websocket/echo",
        CounterPath = "/count",
        CounterPattern = @"(\d+) times",
        GraceMs = 5_000,
        Quick = true,
    };

    public static Task<(Recording Recording, Judgement Judgement)> RunAsync(
        string behaviour, Settings settings, Profile profile = Profile.Strict, string[]? clauses = null, params (string Name, string Value)[] environment) =>
        RunAsync(_ => [.. Build.Command(TestServer, Build.Fastest(TestServer)), behaviour], settings, profile, clauses, environment);

    /// <param name="command">Of the subject, which serves on the port that it is given.</param>
    /// <param name="settings">The hints.</param>
    /// <param name="profile">Which way it is meant to go.</param>
    /// <param name="clauses">Only these; null for all.</param>
    /// <param name="environment">Variables of the subject.</param>
    public static async Task<(Recording Recording, Judgement Judgement)> RunAsync(
        Func<int, string[]> command, Settings settings, Profile profile = Profile.Strict, string[]? clauses = null, params (string Name, string Value)[] environment)
    {
        var port = FreePort.Next();
        return await RunAsync(command(port), Target.Loopback(port), settings with { Clauses = clauses ?? [] }, profile, environment);
    }

    /// <summary>With TLS, and HTTP/2 beside HTTP/1.1.</summary>
    public static async Task<(Recording Recording, Judgement Judgement)> RunWithTlsAsync(string behaviour, Settings settings)
    {
        using var certificate = new TestCertificate();
        return await RunAsync(
            [.. Build.Command(TestServer, Build.Fastest(TestServer)), behaviour],
            Target.Loopback(FreePort.Next()) with { Tls = true, Insecure = true },
            settings with { Http2 = true },
            Profile.Strict,
            ("Kestrel__Certificates__Default__Path", certificate.CertificatePath),
            ("Kestrel__Certificates__Default__KeyPath", certificate.KeyPath));
    }

    static async Task<(Recording Recording, Judgement Judgement)> RunAsync(
        string[] command, Target target, Settings settings, Profile profile, params (string Name, string Value)[] environment)
    {
        using var folder = new TempFolder();
        var recording = await Proof.RunAsync(
            new ProveOptions
            {
                Subject = new SubjectOptions
                {
                    Command = command,
                    Target = target,
                    WorkingDirectory = folder.FullName,
                    Environment =
                    [
                        new("ASPNETCORE_URLS", $"{(target.Tls ? "https" : "http")}://{target.Authority}"),
                        .. environment.Select(variable => new KeyValuePair<string, string>(variable.Name, variable.Value)),
                    ],
                },
                Settings = settings,
            },
            cancellation: TestContext.Current.CancellationToken);
        return (recording, Judge.Of(recording, profile));
    }

    /// <summary>Every clause that applies passes, if with a warning. What a busy machine has left undecided is tried again.</summary>
    /// <param name="proveAsync">One run: given which one it is, from 1, and the clauses that are still to be decided, none for all.</param>
    /// <param name="notApplicable">The clauses that do not apply; null where that is beside the point.</param>
    public static async Task PassesAsync(Func<int, string[], Task<(Recording Recording, Judgement Judgement)>> proveAsync, string? notApplicable = null)
    {
        string[] undecided = [];
        for (var attempt = 1; attempt == 1 || undecided.Length > 0; attempt++)
        {
            var (_, judgement) = await proveAsync(attempt, undecided);
            undecided = Ids(Verdict.Inconclusive);
            Assert.True(judgement.Failed.Count == 0 && (undecided.Length == 0 || attempt < Attempts), judgement.Blemishes());
            if (attempt == 1 && notApplicable is not null)
            {
                Assert.Equal(notApplicable, string.Join(", ", Ids(Verdict.NotApplicable)));
            }

            string[] Ids(Verdict verdict) => [.. judgement.Results.Where(result => result.Verdict == verdict).Select(result => result.Clause.Id)];
        }
    }

    /// <summary>All verdicts that are neither a pass nor beside the point, for a message.</summary>
    /// <param name="judgement">Of a run.</param>
    /// <param name="besides">Clauses to be told of whatever their verdict.</param>
    public static string Blemishes(this Judgement judgement, IReadOnlySet<string>? besides = null) => string.Join('\n', judgement.Results
        .Where(result => result.Verdict is not (Verdict.Pass or Verdict.NotApplicable) || besides?.Contains(result.Clause.Id) == true)
        .Select(result => $"{result.Clause.Id} {result.Verdict}: {result.Finding.Observed}"));
}
