// The counter as it is often shipped: the default host, and nothing about its end.
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

var builder = WebApplication.CreateBuilder(args);
var redis = await ConnectionMultiplexer.ConnectAsync($"{Environment.GetEnvironmentVariable("HOST_REDIS") ?? "localhost"},abortConnect=false");
builder.Services.AddSingleton(redis.GetDatabase());

var app = builder.Build();
app.MapGet("/", async (IDatabase database) => $"Hello World! {await database.StringIncrementAsync("hits")} times.");
app.MapGet("/events", (IDatabase database, CancellationToken gone) => TypedResults.ServerSentEvents(CountsAsync(database, gone)));
await app.RunAsync();

static async IAsyncEnumerable<SseItem<string>> CountsAsync(IDatabase database, [EnumeratorCancellation] CancellationToken gone)
{
    while (true)
    {
        var count = (long)await database.StringGetAsync("hits");
        yield return new SseItem<string>(count.ToString(CultureInfo.InvariantCulture));
        await Task.Delay(500, gone);
    }
}
