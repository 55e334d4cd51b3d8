using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>2.4: a stop on request is reported as a failure.</summary>
static class ExitsWithFailure
{
    public static async Task RunAsync(string[] args)
    {
        await WellBehavedServer.RunAsync(args);
        Environment.ExitCode = 3;
    }
}
