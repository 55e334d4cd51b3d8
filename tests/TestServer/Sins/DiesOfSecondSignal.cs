using System.Diagnostics;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>2.5: the same stop told twice ends it on the spot.</summary>
static class DiesOfSecondSignal
{
    public static Task RunAsync(string[] args)
    {
        Sigterm.On(count =>
        {
            if (count == 2)
            {
                Process.GetCurrentProcess().Kill();
            }
        });
        return WellBehavedServer.RunAsync(args);
    }
}
