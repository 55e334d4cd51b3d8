using System.CommandLine;
using Descarte.Harness.Stops;
using Descarte.Stops;

// dotnet run -c Release --project bench/Descarte.Stops -- --stops 1000
// dotnet run -c Release --project bench/Descarte.Stops -- before-and-after --stops 20
var stops = new Option<int>("--stops") { Description = "Stops of each row", DefaultValueFactory = _ => 50, Recursive = true };
stops.Validators.Add(result =>
{
    if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var count) || count < 1))
    {
        result.AddError("--stops is a number from 1");
    }
});
var kinds = new Option<string[]>("--kind") { Description = "Only this kind of load; may be repeated" }
    .AcceptOnlyFromAmong([.. LoadKind.All.Select(kind => kind.Name)]);
var stores = new Option<string[]>("--store") { Description = "Only this store; may be repeated" }.AcceptOnlyFromAmong("sqlite", "redis");

var root = new RootCommand("Stops Hits under load, again and again, and prints what its clients saw as a Markdown table.") { stops, kinds, stores };
root.SetAction((parsed, cancellation) => UntilCancelledAsync(HitsTable.PrintAsync(
    [.. LoadKind.All.Where(kind => parsed.GetValue(kinds) is not { Length: > 0 } chosen || chosen.Contains(kind.Name))],
    parsed.GetValue(stores) is { Length: > 0 } some ? some : ["sqlite", "redis"],
    parsed.GetValue(stops),
    cancellation), cancellation));

var beforeAndAfter = new Command("before-and-after", "The same stops of the default Kestrel host, of Hits, and of other servers installed here.");
beforeAndAfter.SetAction((parsed, cancellation) =>
    UntilCancelledAsync(BeforeAndAfter.PrintAsync(parsed.GetValue(stops), cancellation), cancellation));
root.Add(beforeAndAfter);

// Ctrl+C ends the run after the stop under way, which ends sooner than this, so that processes and folders are cleaned up.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });

static async Task<int> UntilCancelledAsync(Task<int> run, CancellationToken cancellation)
{
    try
    {
        return await run;
    }
    catch (Exception) when (cancellation.IsCancellationRequested)
    {
        // The terminal's Ctrl+C went to the servers, too, which may have ended while they were waited for.
        return 130;
    }
}
