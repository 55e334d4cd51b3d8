namespace Descarte;

/// <summary>What had to be cut, as soon as it was.</summary>
sealed class CutList
{
    readonly Lock _lock = new();
    readonly List<CutWork> _cut = [];

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _cut.Count == 0;
            }
        }
    }

    /// <summary>A copy, oldest first.</summary>
    public CutWork[] OldestFirst
    {
        get
        {
            lock (_lock)
            {
                return [.. _cut.OrderByDescending(work => work.Age)];
            }
        }
    }

    public void Add(params ReadOnlySpan<CutWork> work)
    {
        lock (_lock)
        {
            _cut.AddRange(work);
        }
    }
}
