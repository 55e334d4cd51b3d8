using Microsoft.Extensions.Configuration.Memory;

namespace Hits;

/// <summary>What is written while the process runs: one line an event, and nothing a request.</summary>
internal static class HostLog
{
    static volatile bool _started;

    public static void Configure(WebApplicationBuilder builder)
    {
        builder.Logging.AddSimpleConsole(options => options.SingleLine = true);

        // Below every other source, so that Logging__LogLevel__… says otherwise.
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData =
            [
                new("Logging:LogLevel:Microsoft", "Warning"),
                new("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Information"),

                // Whoever asks for readiness sees the answer, and the store itself says when it goes and comes back.
                new("Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks", "None"),
            ],
        });

        // They log a failed start with its stack; the program says in one line what is wrong.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", IsAfterStart);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", IsAfterStart);
    }

    /// <summary>From here on the host's own errors are shown.</summary>
    public static void Started() => _started = true;

    static bool IsAfterStart(LogLevel level) => _started && level >= LogLevel.Warning;
}
