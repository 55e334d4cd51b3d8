using Descarte;

namespace TestServer;

/// <summary>A hosted service that waits in its stop for something that never comes, and looks at no token.</summary>
static class HangingService
{
    public static Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddGracefulDrain();
        builder.Services.AddHostedService<Hanging>();
        var app = builder.Build();
        app.MapGet("/", () => "Hello World!");
        return app.RunAsync();
    }

    sealed class Hanging : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => new TaskCompletionSource().Task;
    }
}
