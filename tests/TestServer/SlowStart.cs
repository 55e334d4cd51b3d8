using Descarte;

namespace TestServer;

/// <summary>Takes its time in every step of a start, so that a signal can fall into each.</summary>
static class SlowStart
{
    public static async Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddGracefulDrain();
        builder.Services.AddHostedService<Warming>();
        Console.WriteLine("building");
        Thread.Sleep(builder.Configuration.GetValue("build", 0));
        await using (var app = builder.Build())
        {
            app.MapGet("/", () => "Hello World!");
            if (builder.Configuration["behind"] is null)
            {
                await app.RunAsync();
                return;
            }

            await app.StartAsync();
            await app.StopAsync();
        }

        Console.WriteLine("behind the host");
        Thread.Sleep(builder.Configuration.GetValue("behind", 0));
    }

    /// <summary>Warms a cache and does not look at its token, as many do not.</summary>
    sealed class Warming(IConfiguration configuration) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Console.WriteLine("warming");
            return Task.Delay(configuration.GetValue("start", 300), CancellationToken.None);
        }

        /// <summary>The server serves already, and the host has not started yet.</summary>
        public Task StartedAsync(CancellationToken cancellationToken)
        {
            Console.WriteLine("settling");
            return Task.Delay(configuration.GetValue("settle", 0), CancellationToken.None);
        }

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
