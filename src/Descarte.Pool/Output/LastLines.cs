using System.Text;

namespace Descarte.Pool.Output;

/// <summary>The last lines of a stream, for the day on which they say why a worker has ended.</summary>
sealed class LastLines
{
    const int Kept = 20;

    readonly Lock _lock = new();
    readonly Queue<string> _lines = new();

    public void Add(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            if (_lines.Count == Kept)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(Encoding.UTF8.GetString(line));
        }
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }
}
