using TestServer;
using TestServer.Sins;
using TestServer.WellBehaved;

// TestServer BEHAVIOUR [host options]: one file per behaviour.
var behaviours = new Dictionary<string, Func<string[], Task>>
{
    ["default-host"] = DefaultHost.RunAsync,
    ["well-behaved"] = WellBehavedServer.RunAsync,
    ["worker"] = Worker.RunAsync,
    ["slow-start"] = SlowStart.RunAsync,
    ["slim"] = Slim.RunAsync,
    ["hanging-service"] = HangingService.RunAsync,
    ["early-notice"] = EarlyNotice.RunAsync,
    ["inherited"] = Inherited.RunAsync,
    ["shared-listener"] = SharedListener.RunAsync,
    ["hanging"] = Hanging.RunAsync,
    ["stuck-accept"] = StuckAccept.RunAsync,
    ["early-work"] = EarlyWork.RunAsync,
    ["own-number"] = OwnNumber.RunAsync,
    ["other-lifetime"] = OtherLifetime.RunAsync,
    ["stock-worker"] = StockWorker.RunAsync,
    ["end"] = Sinful.EndAsync,
    ["stay"] = Sinful.StayAsync,
    ["tell"] = Sinful.TellAsync,
    ["chatter"] = Chatter.RunAsync,
    ["dead-locked"] = DeadLocked.RunAsync,
};
foreach (var (name, sin) in Faults.All)
{
    behaviours.Add(name, sin);
}

if (args.Length == 0 || !behaviours.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine($"usage: TestServer {string.Join('|', behaviours.Keys)} [host options]");
    return 64;
}

await run(args[1..]);
return Environment.ExitCode;
