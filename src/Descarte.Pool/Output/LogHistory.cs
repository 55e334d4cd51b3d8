using System.Text;
using System.Threading.Channels;

namespace Descarte.Pool.Output;

/// <summary>A line that a worker has written; slot 0 is the supervisor.</summary>
readonly record struct LogLine(int Slot, bool IsError, string Text);

/// <summary>The lines of late, and those to come, for who asks for the log of a pool.</summary>
sealed class LogHistory
{
    /// <summary>In characters: a pool keeps its footprint whatever its workers write.</summary>
    const int Kept = 262_144;

    /// <summary>What an empty line costs.</summary>
    const int Overhead = 64;

    /// <summary>A follower that is further behind loses the oldest lines: it must not hold up the workers.</summary>
    const int LongestQueue = 4096;

    readonly object _lock = new();
    readonly Queue<LogLine> _lines = new();
    readonly List<Channel<LogLine>> _followers = [];
    int _size;
    bool _ended;

    public void Add(int slot, bool isError, ReadOnlySpan<byte> bytes)
    {
        var line = new LogLine(slot, isError, Encoding.UTF8.GetString(bytes));
        lock (_lock)
        {
            _lines.Enqueue(line);
            _size += line.Text.Length + Overhead;
            while (_size > Kept)
            {
                _size -= _lines.Dequeue().Text.Length + Overhead;
            }

            foreach (var follower in _followers)
            {
                follower.Writer.TryWrite(line);
            }
        }
    }

    public IReadOnlyList<LogLine> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The lines so far and then each new one, until there is none any more, or cancelled.</summary>
    public async IAsyncEnumerable<LogLine> FollowAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(LongestQueue) { FullMode = BoundedChannelFullMode.DropOldest });
        IReadOnlyList<LogLine> before;
        lock (_lock)
        {
            before = [.. _lines];
            _followers.Add(channel);
            if (_ended)
            {
                channel.Writer.Complete();
            }
        }

        try
        {
            foreach (var line in before)
            {
                yield return line;
            }

            await foreach (var line in channel.Reader.ReadAllAsync(cancellation))
            {
                yield return line;
            }
        }
        finally
        {
            lock (_lock)
            {
                _followers.Remove(channel);
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>No line comes any more: followers end when they have passed on what they have, for which they get so long.</summary>
    public void End(TimeSpan patience)
    {
        var until = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        lock (_lock)
        {
            _ended = true;
            _followers.ForEach(follower => follower.Writer.TryComplete());
            while (_followers.Count > 0 && until - Environment.TickCount64 is var left && left > 0)
            {
                Monitor.Wait(_lock, (int)left);
            }
        }
    }
}
