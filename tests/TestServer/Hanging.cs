using Descarte;

namespace TestServer;

/// <summary>Hangs on its way out, in one of the places where code of the application's own runs: <c>--where PLACE</c>.</summary>
static class Hanging
{
    public static async Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var where = builder.Configuration["where"];
        builder.AddGracefulDrain(options => options.OnDrained = where == "callback" ? _ => Forever() : null);
        if (where == "background")
        {
            builder.Services.AddHostedService<DeafService>();
        }

        if (where == "log")
        {
            builder.Logging.AddProvider(new HangingLog());
        }

        if (where == "exit-handler")
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Forever();
        }

        var app = builder.Build();
        app.MapGet("/", () => "Hello World!");
        if (where == "stopping")
        {
            app.Lifetime.ApplicationStopping.Register(Forever);
        }

        if (where == "draining")
        {
            app.Services.GetRequiredService<IDrain>().Draining.Register(Forever);
        }

        await app.RunAsync();
        if (where == "main")
        {
            Forever();
        }
    }

    static void Forever()
    {
        Console.WriteLine("hanging");
        Thread.Sleep(Timeout.Infinite);
    }

    sealed class DeafService : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Delay(Timeout.Infinite, CancellationToken.None);
    }

    /// <summary>A sink whose other end has stopped reading by the time the process is told to stop.</summary>
    sealed class HangingLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => categoryName == "Descarte.Drain" ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Forever();

        public void Dispose()
        {
        }
    }
}
