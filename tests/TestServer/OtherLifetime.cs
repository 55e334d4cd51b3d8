using TestServer.WellBehaved;

namespace TestServer;

/// <summary>A lifetime that is added after the drain takes the place of its own, as UseSystemd does where systemd is.</summary>
static class OtherLifetime
{
    public static Task RunAsync(string[] args) => WellBehavedServer.Build(args, builder => builder.Host.UseConsoleLifetime()).RunAsync();
}
