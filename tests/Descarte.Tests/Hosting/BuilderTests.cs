using Descarte.LongConnections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Descarte.Tests.Hosting;

/// <summary>The one line, called twice, on the wrong type of variable, or with what cannot work.</summary>
public class BuilderTests
{
    static CancellationToken Limit => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task A_web_application_with_only_the_general_half_is_refused_with_what_to_do()
    {
        var builder = Web();
        ((IHostApplicationBuilder)builder).AddGracefulDrain();
        await using var app = builder.Build();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync(Limit));
        Assert.Contains("call AddGracefulDrain of the package Descarte.AspNetCore", refused.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Both_halves_in_either_order_are_one_drain(bool generalFirst)
    {
        var builder = Web();
        if (generalFirst)
        {
            ((IHostApplicationBuilder)builder).AddGracefulDrain(options => options.LameDuck = TimeSpan.FromSeconds(15));
        }

        builder.AddGracefulDrain(options => options.GracePeriod = TimeSpan.FromSeconds(20));
        if (!generalFirst)
        {
            ((IHostApplicationBuilder)builder).AddGracefulDrain(options => options.LameDuck = TimeSpan.FromSeconds(15));
        }

        await using var app = builder.Build();
        var options = app.Services.GetRequiredService<IOptions<DrainOptions>>().Value;
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(15)), (options.GracePeriod, options.LameDuck));
        await app.StartAsync(Limit);
        Assert.Equal(2, app.Services.GetServices<IDrainParticipant>().Count());
        await app.StopAsync(Limit);
    }

    [Fact(Timeout = 30_000)]
    public async Task Called_twice_it_is_there_once_and_code_wins_over_configuration()
    {
        var builder = Web();
        builder.Configuration["Descarte:GracePeriod"] = "00:00:30";
        builder.Configuration["Descarte:IdleLinger"] = "00:00:03";
        builder.AddGracefulDrain(options => options.GracePeriod = TimeSpan.FromSeconds(20));
        builder.AddGracefulDrain();
        await using var app = builder.Build();
        var options = app.Services.GetRequiredService<IOptions<HttpDrainOptions>>().Value;
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(3)), (options.GracePeriod, options.IdleLinger));
        Assert.Equal(2, app.Services.GetServices<IDrainParticipant>().Count());
        Assert.Single(app.Services.GetServices<HubConnections>());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("00:00:00.001", "Descarte:GracePeriod: '00:00:00.0010000' is not a grace period (00:00:00.2 to 1.00:00:00)")]
    [InlineData("banana", "Failed to convert configuration value 'banana' at 'Descarte:GracePeriod' to type 'System.TimeSpan'.")]
    public void A_value_that_cannot_work_stops_the_start_with_a_line_that_names_it(string value, string line)
    {
        var builder = Web();
        builder.Configuration["Descarte:GracePeriod"] = value;
        builder.AddGracefulDrain();
        var refused = Assert.ThrowsAny<Exception>(() => builder.Build());
        Assert.Equal(line, refused.Message);

        var worker = Host.CreateEmptyApplicationBuilder(null);
        worker.Configuration["Descarte:GracePeriod"] = value;
        worker.AddGracefulDrain();
        Assert.Equal(line, Assert.ThrowsAny<Exception>(() => worker.Build()).Message);
    }

    static WebApplicationBuilder Web()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }
}
