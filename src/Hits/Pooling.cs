using Descarte;

namespace Hits;

/// <summary>What the supervisor has to know before there is any worker.</summary>
internal static class Pooling
{
    /// <exception cref="BadSettingException">A setting is wrong: said once, and not by each worker.</exception>
    public static void Configure(ProcessPoolOptions pool, string[] arguments)
    {
        var settings = HitsSettings.Read(arguments);
        foreach (var url in settings.Addresses.Urls)
        {
            pool.Listen.Add(url);
        }

        pool.ListenOrigin = settings.Addresses.Source;
        if (!settings.InheritsListeners && HasEndpoints(arguments))
        {
            // Only Kestrel itself knows what they mean: their certificates, their protocols.
            pool.Workers = 0;
        }
    }

    static bool HasEndpoints(string[] arguments) => Listening.Endpoints(new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(Environment.CurrentDirectory, "appsettings.json"), optional: true)
        .AddEnvironmentVariables()
        .AddCommandLine(arguments)
        .Build()).Length > 0;
}
