namespace Descarte.Harness;

/// <summary>The lines that a process has written so far, and the ones it is awaited to write.</summary>
public sealed class CapturedOutput
{
    readonly Lock _lock = new();
    readonly List<string> _lines = [];
    TaskCompletionSource _changed = NewSignal();
    bool _ended;

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

    /// <summary>The first line, written already or later, that contains the text.</summary>
    /// <exception cref="EndOfStreamException">The output ended without it.</exception>
    public async Task<string> WaitForLineAsync(string text, CancellationToken cancellationToken)
    {
        for (var next = 0; ;)
        {
            Task changed;
            bool ended;
            lock (_lock)
            {
                for (; next < _lines.Count; next++)
                {
                    if (_lines[next].Contains(text, StringComparison.Ordinal))
                    {
                        return _lines[next];
                    }
                }

                (changed, ended) = (_changed.Task, _ended);
            }

            if (ended)
            {
                throw new EndOfStreamException($"Ended without '{text}'. All of it:\n{this}");
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    public override string ToString() => string.Join('\n', Lines);

    internal async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            Change(() => _lines.Add(line));
        }

        Change(() => _ended = true);
    }

    void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
