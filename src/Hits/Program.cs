using Hits;

try
{
    var settings = HitsSettings.Read(args, Environment.GetEnvironmentVariable, Environment.ProcessId);
    if (args.Contains("--health"))
    {
        return await HealthProbe.RunAsync(settings.Addresses);
    }

    await using var app = HitsApp.Create(args, settings);
    await Listening.StartAsync(app, settings.Addresses);
    await app.WaitForShutdownAsync();
    return Environment.ExitCode;
}
catch (BadSettingException bad)
{
    Console.Error.WriteLine(bad.Message);
    return BadSettingException.ExitCode;
}
