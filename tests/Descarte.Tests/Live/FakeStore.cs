using System.Threading.Channels;
using Hits;

namespace Descarte.Tests.Live;

/// <summary>A counter that says what the test says, and tells of every look at it.</summary>
sealed class FakeStore : ICounterStore
{
    readonly Channel<int> _looks = Channel.CreateUnbounded<int>();
    int _count;

    public long? Number { get; set; } = 0;

    /// <summary>What a look waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Looks => Volatile.Read(ref _count);

    public string Description => "fake";

    public ValueTask<long?> IncrementAsync() => throw new InvalidOperationException("Watching must not count");

    public async ValueTask<long?> ReadAsync()
    {
        _looks.Writer.TryWrite(Interlocked.Increment(ref _count));
        await Gate;
        return Number;
    }

    /// <summary>Waits until the store is looked at once more than the last time that this was awaited.</summary>
    public async Task LookAsync() => await _looks.Reader.ReadAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
