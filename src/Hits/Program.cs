using Descarte;
using Hits;

try
{
    return args.Contains("--health")
        ? await HealthProbe.RunAsync(HitsSettings.Read(args).Addresses)
        : await ProcessPool.RunAsync(args, HitsApp.Create, pool => Pooling.Configure(pool, args));
}
catch (BadSettingException bad)
{
    Console.Error.WriteLine(bad.Message);
    return BadSettingException.ExitCode;
}
