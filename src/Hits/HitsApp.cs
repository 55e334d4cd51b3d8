using Descarte;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hits;

/// <summary>The service, put together.</summary>
internal static class HitsApp
{
    /// <summary>Opens the store and builds the application on it.</summary>
    /// <exception cref="BadSettingException">The store cannot be opened, or a setting is wrong.</exception>
    public static IHost Create(string[] arguments)
    {
        var settings = HitsSettings.Read(arguments);
        try
        {
            return new HitsHost(Build(arguments, settings), settings.Addresses);
        }
        catch (Exception exception) when (StartTrouble.IsOfSettings(exception))
        {
            throw new BadSettingException(StartTrouble.Line(exception));
        }
    }

    static WebApplication Build(string[] arguments, HitsSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            // A service is restarted to take new settings; watching files for them costs time at every start.
            // First, lest an argument without a value take it for its own.
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. arguments],
        });
        HostLog.Configure(builder);
        Listening.Configure(builder, settings);
        builder.AddGracefulDrain();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => OpenStore(settings.Store, services.GetRequiredService<ILoggerFactory>(), services.GetRequiredService<IHostApplicationLifetime>()));
        builder.Services.AddSingleton<CountFeed>();
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "store", services => new StoreHealthCheck(services.GetRequiredService<ICounterStore>()), failureStatus: null, tags: null));

        var app = builder.Build();
        Map(app, app.Services.GetRequiredService<ICounterStore>(), app.Services.GetRequiredService<CountFeed>());
        return app;
    }

    static void Map(WebApplication app, ICounterStore store, CountFeed feed)
    {
        string[] getOrHead = [HttpMethods.Get, HttpMethods.Head];
        var page = new Lazy<LivePage>();
        app.MapMethods("/", getOrHead, new CountEndpoint(store).AnswerAsync);
        app.MapMethods("/live", getOrHead, context => page.Value.AnswerAsync(context));
        app.MapMethods("/events", getOrHead, new EventsEndpoint(feed, TimeProvider.System).AnswerAsync);
    }

    static ICounterStore OpenStore(StoreSettings settings, ILoggerFactory loggers, IHostApplicationLifetime lifetime)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(started.SetResult);
        var logger = loggers.CreateLogger("Hits");
        ICounterStore store = settings switch
        {
            RedisSettings redis => RedisCounterStore.Start(redis, logger, started.Task),
            SqliteSettings sqlite => SqliteCounterStore.Open(sqlite, logger),
            _ => throw new ArgumentOutOfRangeException(nameof(settings)),
        };
        StoreLog.Chosen(logger, store.Description);
        return store;
    }
}
