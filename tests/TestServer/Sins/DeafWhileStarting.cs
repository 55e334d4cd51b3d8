using System.Runtime.InteropServices;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>1.2: a signal during the start is swallowed, and forgotten.</summary>
static class DeafWhileStarting
{
    public static async Task RunAsync(string[] args)
    {
        using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true))
        {
            Thread.Sleep(500);
        }

        await WellBehavedServer.RunAsync(args);
    }
}
