using Descarte.Connections;

namespace Descarte.Requests;

/// <summary>
/// The slots of one connection. HTTP/1.1 needs one, made with the connection; HTTP/2 takes more and gives them back,
/// so that a request allocates nothing once the connection is warm.
/// </summary>
sealed class RequestSlots(Closing closing, TrackedConnection? connection)
{
    readonly RequestSlot _first = new(closing, connection);
    readonly Lock _lock = new();
    List<RequestSlot>? _more;

    public int InUse
    {
        get
        {
            var count = _first.IsInUse ? 1 : 0;
            if (_more is null)
            {
                return count;
            }

            lock (_lock)
            {
                return count + _more.Count(slot => slot.IsInUse);
            }
        }
    }

    /// <summary>The drain has told one of them to end.</summary>
    public bool AreEnding => Active.Exists(slot => slot.Long is { IsEnded: true });

    /// <summary>A copy: slots come and go while somebody looks.</summary>
    public List<RequestSlot> Active
    {
        get
        {
            var active = new List<RequestSlot>();
            if (_first.IsInUse)
            {
                active.Add(_first);
            }

            if (_more is not null)
            {
                lock (_lock)
                {
                    active.AddRange(_more.Where(slot => slot.IsInUse));
                }
            }

            return active;
        }
    }

    public RequestSlot Take() => _first.TryTake() ? _first : TakeAnother();

    RequestSlot TakeAnother()
    {
        lock (_lock)
        {
            _more ??= [];
            foreach (var slot in _more)
            {
                if (slot.TryTake())
                {
                    return slot;
                }
            }

            var another = new RequestSlot(closing, connection);
            another.TryTake();
            _more.Add(another);
            return another;
        }
    }
}
