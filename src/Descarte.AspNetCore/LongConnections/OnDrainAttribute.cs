using Microsoft.AspNetCore.Http;

namespace Descarte;

/// <summary>What the drain does with a request.</summary>
public enum DrainBehavior
{
    /// <summary>Waits for it, as for every ordinary request.</summary>
    Finish,

    /// <summary>Ends it: fires its <see cref="HttpContext.RequestAborted"/>, as for event streams and WebSockets.</summary>
    End,
}

/// <summary>
/// Overrides what the drain finds out by itself, on an action, a hub or an endpoint (<c>.WithMetadata(new OnDrainAttribute(…))</c>):
/// <see cref="DrainBehavior.End"/> for long polling, <see cref="DrainBehavior.Finish"/> for an event stream that ends by itself soon.
/// </summary>
/// <param name="behavior">What the drain does with requests to this endpoint.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class OnDrainAttribute(DrainBehavior behavior) : Attribute
{
    /// <summary>What the drain does with requests to this endpoint.</summary>
    public DrainBehavior Behavior => behavior;

    internal static DrainBehavior? Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<OnDrainAttribute>()?.Behavior;
}
