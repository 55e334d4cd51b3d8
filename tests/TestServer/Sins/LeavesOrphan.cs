using System.Diagnostics;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>7.1: a child outlives it.</summary>
static class LeavesOrphan
{
    public static Task RunAsync(string[] args)
    {
        Process.Start("sleep", "60");
        return WellBehavedServer.RunAsync(args);
    }
}
