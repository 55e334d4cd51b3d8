using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Descarte.Tests.Hosting;

public class LateKestrelTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_server_that_takes_the_drains_place_is_refused_with_what_to_do()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddGracefulDrain();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("call AddGracefulDrain last", refused.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Configuring_the_server_later_is_welcome()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddGracefulDrain();
        builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false).UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        await app.StartAsync(TestContext.Current.CancellationToken);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
