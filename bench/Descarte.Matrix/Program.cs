using System.CommandLine;
using Descarte.Harness.StockServers;
using Descarte.Matrix;

// dotnet run -c Release --project bench/Descarte.Matrix
var folder = new Option<DirectoryInfo>("--output")
{
    Description = "Where matrix.md, matrix.html and a report of each server go; by default docs",
    DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Descarte.Harness.Build.RepositoryRoot, "docs")),
};
var only = new Option<string[]>("--only") { Description = "Only this server; may be repeated. The files then know no other" }
    .AcceptOnlyFromAmong([.. Catalog.All.Select(server => server.Id)]);
var quick = new Option<bool>("--quick") { Description = "Fewer rounds" };

var root = new RootCommand("Proves servers as their makers ship them, and Hits, and writes what failed as a matrix of servers and clauses.") { folder, only, quick };
root.SetAction(async (parsed, cancellation) =>
{
    try
    {
        var wanted = Catalog.All.Where(server => parsed.GetValue(only) is not { Length: > 0 } chosen || chosen.Contains(server.Id)).ToList();
        var rows = await Row.AllAsync(wanted, parsed.GetValue(quick), cancellation);
        Files.Write(parsed.GetValue(folder)!, rows);
        return rows.Any(row => row.Server.Id.StartsWith("hits", StringComparison.Ordinal) && row.Judgement.Failed.Count > 0) ? 1 : 0;
    }
    catch (FileNotFoundException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 2;
    }
    catch (OperationCanceledException)
    {
        return 130;
    }
});

// Ctrl+C ends the run when the server under way has been ended and its folder is gone.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
