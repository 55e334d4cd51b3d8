using Descarte;

namespace TestServer;

/// <summary>A background service beside HTTP that says when it learns of the stop.</summary>
static class EarlyNotice
{
    public static Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddGracefulDrain();
        builder.Services.AddHostedService<Service>();
        var app = builder.Build();
        WellBehaved.Bodies.Map(app);
        return app.RunAsync();
    }

    sealed class Service : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Delay(Timeout.Infinite, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Console.WriteLine("service told");
        }
    }
}
