
namespace Descarte.Harness.Stops;

/// <summary>Hits on one store over many lives, and whether its count is right.</summary>
public sealed class HitsCount : IAsyncDisposable
{
    readonly TempFolder _folder = new();
    readonly HashSet<long> _acknowledged = [];
    readonly List<long> _twice = [];
    readonly RedisServer? _redis;
    readonly Flavor _flavor;
    readonly int _port = FreePort.Next();
    long _attempted;

    HitsCount(RedisServer? redis, Flavor flavor) => (_redis, _flavor) = (redis, flavor);

    /// <summary>Every life of the process serves on it.</summary>
    public int Port => _port;

    /// <param name="onRedis">On a Redis of its own, else on SQLite.</param>
    /// <param name="flavor">Which build of Hits.</param>
    public static async Task<HitsCount> StartAsync(bool onRedis, Flavor flavor) => new(onRedis ? await RedisServer.StartAsync() : null, flavor);

    /// <summary>The next life.</summary>
    public Task<HitsProcess> StartHitsAsync(IReadOnlyDictionary<string, string?>? environment = null) => HitsProcess.StartAsync(new HitsStart
    {
        Flavor = _flavor,
        Port = _port,
        Redis = _redis,
        Database = _redis is null ? _folder["hits.db"] : null,
        Environment = environment ?? new Dictionary<string, string?>(),
    });

    /// <summary>One life, stopped under a load of this kind; takes in what its clients saw.</summary>
    /// <param name="kind">The load.</param>
    /// <param name="certificate">For the kinds that speak TLS.</param>
    /// <param name="seed">Of the load and of the moment of the signal.</param>
    /// <param name="longest">How long the stop may take.</param>
    /// <returns>The stop, and all that the process wrote.</returns>
    public async Task<(StopResult Stop, string Written)> StopAsync(LoadKind kind, TestCertificate certificate, int seed, TimeSpan longest)
    {
        await using var hits = await StartHitsAsync(kind.Environment(Port, certificate));
        var stop = await StopUnderLoad.RunAsync(hits.Process, kind.Against(Port, seed), Signal.Terminate, longest);
        Add(stop);
        return (stop, $"{hits.Process.Output}\n{hits.Process.Error}");
    }

    /// <summary>Takes in what the clients of one life saw.</summary>
    public void Add(StopResult stop)
    {
        _attempted += stop.Load.Attempted;
        foreach (var number in stop.Load.Numbers)
        {
            if (!_acknowledged.Add(number))
            {
                _twice.Add(number);
            }
        }
    }

    /// <summary>What is wrong with the count; empty when acknowledged ≤ counter ≤ attempted, and no number was answered twice.</summary>
    public async Task<string> JudgeAsync()
    {
        await using var hits = await StartHitsAsync();
        await hits.UntilReadyAsync();
        var counter = await hits.HitAsync() - 1;
        var wrong = new List<string>();
        if (_acknowledged.Count > counter || _acknowledged.Any(number => number > counter))
        {
            wrong.Add($"acknowledged {_acknowledged.Count}, up to {_acknowledged.Max()}, but the counter is {counter}");
        }

        if (counter > _attempted)
        {
            wrong.Add($"attempted {_attempted}, but the counter is {counter}");
        }

        if (_twice.Count > 0)
        {
            wrong.Add($"answered twice: {string.Join(", ", _twice.Take(10))}");
        }

        return string.Join("; ", wrong);
    }

    public async ValueTask DisposeAsync()
    {
        await (_redis?.DisposeAsync() ?? default);
        _folder.Dispose();
    }
}
