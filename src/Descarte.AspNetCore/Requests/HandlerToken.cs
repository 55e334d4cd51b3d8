using Microsoft.AspNetCore.Http.Features;

namespace Descarte.Requests;

/// <summary>
/// The token that a handler gets as <c>RequestAborted</c>: fires with the server's own, or when the drain ends the
/// request. Made only for handlers that ask, and kept for the next one that does.
/// </summary>
#pragma warning disable CA1001 // A source without timer and wait handle holds nothing to dispose of, and its token may outlive the request.
sealed class HandlerToken
#pragma warning restore CA1001
{
    readonly Lock _lock = new();
    readonly CancellationTokenSource _source = new();
    CancellationTokenRegistration _link;
    CancellationToken? _replacement;
    bool _linked;
    bool _spent;

    /// <summary>The token, linked to the server's.</summary>
    public CancellationToken Linked(IHttpRequestLifetimeFeature server)
    {
        lock (_lock)
        {
            if (!_linked && _replacement is null)
            {
                _linked = true;
                _link = server.RequestAborted.UnsafeRegister(static token => ((HandlerToken)token!)._source.Cancel(), this);
            }

            return _replacement ?? _source.Token;
        }
    }

    /// <summary>Some middleware has put its own token in the place of ours.</summary>
    public void Replace(CancellationToken token)
    {
        lock (_lock)
        {
            _replacement = token;
        }
    }

    /// <summary>No later request may get this token: it is about to fire.</summary>
    public void Spend() => _spent = true;

    public void Fire()
    {
        try
        {
            _source.Cancel();
        }
        catch (AggregateException)
        {
            // A callback of the application threw. The others were called; on a thread that is nobody's it would end the process.
        }
    }

    /// <summary>Ends the link to the server; waits for it when it fires just now.</summary>
    public void Unlink() => _link.Dispose();

    /// <summary>Readies the token for the next request; false when it has fired or is about to.</summary>
    public bool TryReuse()
    {
        (_linked, _link, _replacement) = (false, default, null);
        return !_spent && _source.TryReset();
    }
}
