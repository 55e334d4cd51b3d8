using Descarte;

namespace TestServer;

/// <summary>A worker service without HTTP: takes jobs from a queue of its own, each with a beginning and an end.</summary>
static class Worker
{
    public static Task RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.AddGracefulDrain();
        builder.Services.AddHostedService<Jobs>();
        return builder.Build().RunAsync();
    }

    sealed class Jobs(IWorkTracker tracker, IConfiguration configuration) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var time = TimeSpan.FromMilliseconds(configuration.GetValue("ms", 50));
            for (var job = 1; !stoppingToken.IsCancellationRequested; job++)
            {
                using (tracker.Begin($"job {job}"))
                {
                    Console.WriteLine($"job {job} begun");
                    await Task.Delay(time, CancellationToken.None);
                    Console.WriteLine($"job {job} done");
                }
            }
        }
    }
}
