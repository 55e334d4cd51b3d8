using System.Text;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Experiments;
using Descarte.Conformance.Judging;
using Descarte.Conformance.Subjects;

namespace Descarte.Harness.StockServers;

/// <summary>A server as its makers ship it, and what <c>descarte prove</c> is told about it.</summary>
public sealed record StockServer
{
    /// <summary>Short, for file names and command lines.</summary>
    public required string Id { get; init; }

    /// <summary>For people, without the version.</summary>
    public required string Name { get; init; }

    /// <summary>The program that has to be there, and the arguments with which it prints its version; null for one that is built here, with .NET.</summary>
    public IReadOnlyList<string>? Version { get; init; }

    /// <summary>Starts it on the port of its place.</summary>
    public required Func<Place, Task<IReadOnlyList<string>>> Command { get; init; }

    /// <summary>What its makers call the signal of a graceful stop; null for SIGTERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>The hints.</summary>
    public Settings Settings { get; init; } = new();

    /// <summary>Which way it is meant to go.</summary>
    public Profile Profile { get; init; } = Profile.Strict;

    /// <summary>Whether it keeps its data in a Redis of its own, which HOST_REDIS and PORT_REDIS name.</summary>
    public bool OnRedis { get; init; }

    /// <summary>Variables of its own.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>The programs that have to be there.</summary>
    public IEnumerable<string> Programs => [.. Version?.Take(1) ?? [], .. OnRedis ? (string[])["redis-server"] : []];

    public override string ToString() => Id;

    /// <summary>Proves it. The recording names no folder of this machine.</summary>
    /// <param name="quick">Whether fewer rounds do.</param>
    /// <param name="seed">Of the loads and of the moments of the signals.</param>
    /// <param name="clauses">Only these; empty for all.</param>
    /// <param name="cancellation">Ends the run.</param>
    public async Task<Recording> ProveAsync(bool quick, int seed, IReadOnlyList<string> clauses, CancellationToken cancellation = default)
    {
        using var folder = new TempFolder();
        await using var redis = OnRedis ? await RedisServer.StartAsync() : null;
        var place = new Place(folder, FreePort.Next());
        var recording = await Proof.RunAsync(
            new ProveOptions
            {
                Subject = new SubjectOptions
                {
                    Command = await Command(place),
                    Target = Target.Loopback(place.Port),
                    StopSignalName = StopSignal,
                    WorkingDirectory = folder.FullName,
                    Environment = [new("PORT", $"{place.Port}"), new("FOLDER", folder.FullName), new("XDG_RUNTIME_DIR", folder.FullName), new("PYTHONDONTWRITEBYTECODE", "1"), .. redis?.Variables ?? [], .. Environment],
                },
                Settings = Settings with { Quick = quick, Seed = seed, Clauses = clauses },
            },
            cancellation: cancellation);
        return Moved(recording, (folder.FullName, "FOLDER"), (Build.AotPath("src/Hits"), "Hits"), (Build.RepositoryRoot + "/", ""));
    }

    static Recording Moved(Recording recording, params ReadOnlySpan<(string From, string To)> places)
    {
        using var written = new MemoryStream();
        RecordingFile.Write(recording, written);
        var text = Encoding.UTF8.GetString(written.ToArray());
        foreach (var (from, to) in places)
        {
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return RecordingFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)));
    }
}
