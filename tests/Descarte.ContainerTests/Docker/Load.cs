using Descarte.Conformance.Client;
using Descarte.Conformance.Load;

namespace Descarte.ContainerTests.Docker;

/// <summary>Clients of both kinds, one connection a request and kept ones, for as long as something is done to the service.</summary>
sealed class Load : IAsyncDisposable
{
    const int ClientsOfEach = 16;
    const int Enough = 200;

    readonly LoadGenerator[] _generators;

    Load(Target target) => _generators =
    [
        .. Enum.GetValues<ConnectionUse>().Select((use, index) => LoadGenerator.Start(new LoadOptions
        {
            Target = target,
            Clients = ClientsOfEach,
            Use = use,
            MeanPause = TimeSpan.FromMilliseconds(10),
            Seed = index + 1,
            OnAfterRefused = true,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            AnswerTimeout = TimeSpan.FromSeconds(30),
        })),
    ];

    public static int Clients => 2 * ClientsOfEach;

    /// <summary>Returns when the load is on.</summary>
    public static async Task<Load> StartAsync(Target target)
    {
        var load = new Load(target);
        await load.GoOnAsync();
        return load;
    }

    /// <summary>Waits for more answers to each kind of client: whatever was done, the service serves after it.</summary>
    public Task GoOnAsync() => Task.WhenAll(
        _generators.Select(generator => generator.AnsweredAsync(generator.Answered + Enough, TestContext.Current.CancellationToken)));

    public async Task<LoadResult> StopAsync() =>
        new([.. (await Task.WhenAll(_generators.Select(generator => generator.StopAsync()))).SelectMany(result => result.Exchanges)]);

    public async ValueTask DisposeAsync()
    {
        foreach (var generator in _generators)
        {
            await generator.DisposeAsync();
        }
    }
}
