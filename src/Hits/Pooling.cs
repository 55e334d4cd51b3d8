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
        var configuration = Configuration(arguments);

        // The workers' own deadline. What is none is left to them: they refuse to start.
        if (TimeSpan.TryParse(configuration["Descarte:GracePeriod"], out var grace) && grace > TimeSpan.Zero && grace <= TimeSpan.FromDays(1))
        {
            pool.GracePeriod = grace;
        }

        if (!settings.InheritsListeners && Listening.Endpoints(configuration).Length > 0)
        {
            // Only Kestrel itself knows what they mean: their certificates, their protocols.
            pool.Workers = 0;
        }
    }

    static IConfigurationRoot Configuration(string[] arguments)
    {
        try
        {
            return new ConfigurationBuilder()
                .AddJsonFile(Path.Combine(Environment.CurrentDirectory, "appsettings.json"), optional: true)
                .AddEnvironmentVariables()
                .AddCommandLine(arguments)
                .Build();
        }
        catch (Exception exception) when (StartTrouble.IsOfSettings(exception))
        {
            throw new BadSettingException(StartTrouble.Line(exception));
        }
    }
}
