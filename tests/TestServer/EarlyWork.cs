using Descarte;

namespace TestServer;

/// <summary>Has tracked work in flight before it has started.</summary>
static class EarlyWork
{
    public static Task RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.AddGracefulDrain();
        builder.Services.AddHostedService<Recovering>();
        builder.Services.AddHostedService<Listening>();
        return builder.Build().RunAsync();
    }

    /// <summary>Starts when the slow one has.</summary>
    sealed class Listening : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Delay(Timeout.Infinite, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Takes up what its predecessor left, and is slow to start for other reasons: <c>--start</c> and <c>--work</c> in milliseconds.</summary>
    sealed class Recovering(IWorkTracker tracker, IConfiguration configuration) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = RecoverAsync();
            return Task.Delay(configuration.GetValue("start", 0), configuration.GetValue("heed", false) ? cancellationToken : CancellationToken.None);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        async Task RecoverAsync()
        {
            using (tracker.Begin("recovery"))
            {
                Console.WriteLine("recovery begun");
                await Task.Delay(configuration.GetValue("work", 0));
                Console.WriteLine("recovery done");
            }
        }
    }
}
