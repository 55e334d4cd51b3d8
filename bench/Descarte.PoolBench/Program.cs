using System.CommandLine;
using System.Runtime.InteropServices;
using Descarte.Harness;
using Descarte.PoolBench;

// dotnet publish src/Descarte.Cli -c Release -o artifacts/aot/Descarte.Cli, the same for src/Hits, then
// dotnet run -c Release --project bench/Descarte.PoolBench
var rounds = new Option<int>("--rounds") { Description = "Starts, and kills of a worker", DefaultValueFactory = _ => 20 };
var idle = new Option<int>("--idle") { Description = "Seconds without anything to do", DefaultValueFactory = _ => 30 };
foreach (var option in (Option<int>[])[rounds, idle])
{
    option.Validators.Add(result =>
    {
        if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var number) || number < 1))
        {
            result.AddError($"{option.Name} is a number from 1");
        }
    });
}

var root = new RootCommand("What a supervisor costs, and how fast it binds and replaces, as a Markdown table.") { rounds, idle };
root.SetAction((parsed, cancellation) => PrintAsync(parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(idle)), cancellation));
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });

static async Task<int> PrintAsync(int rounds, TimeSpan idle, CancellationToken cancellation)
{
    foreach (var project in (string[])["src/Descarte.Cli", "src/Hits"])
    {
        if (!File.Exists(Build.AotPath(project)))
        {
            Console.Error.WriteLine($"There is no {Build.AotPath(project)}: dotnet publish {project} -c Release -o artifacts/aot/{Path.GetFileName(project)}");
            return 2;
        }
    }

    Console.WriteLine($"""
        Medians (least to most) of {rounds}; {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, .NET {Environment.Version}; load average at the start {Proc.LoadAverage}.

        | supervisor | resident memory, idle | of it its own share | processor time in {idle.TotalSeconds:0} idle s | wake-ups in that time | exec to bound socket | SIGKILL of a worker to its successor's answer |
        | --- | --: | --: | --: | --: | --: | --: |
        """);
    Contestant[] contestants = [Contestant.Descarte, .. Need.Find("gunicorn") is null ? Array.Empty<Contestant>() : [Contestant.Gunicorn]];
    foreach (var contestant in contestants)
    {
        var cost = await Measurements.IdleAsync(contestant, idle, cancellation);
        var binds = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            binds.Add(await Measurements.BindAsync(contestant));
            cancellation.ThrowIfCancellationRequested();
        }

        var replacements = await Measurements.ReplaceAsync(contestant, rounds, cancellation);
        Console.WriteLine(
            $"| {contestant.Name} | {cost.ResidentMebibytes:0.0} MiB | {cost.ProportionalMebibytes:0.0} MiB | {cost.Processor.TotalMilliseconds:0.0} ms | {cost.WakeUps} "
            + $"| {Spread(binds)} | {Spread(replacements)} |");
    }

    return 0;
}

static string Spread(IEnumerable<double> milliseconds)
{
    double[] sorted = [.. milliseconds.Order()];
    var median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    return $"{median:0.0} ms ({sorted[0]:0.0} to {sorted[^1]:0.0})";
}
