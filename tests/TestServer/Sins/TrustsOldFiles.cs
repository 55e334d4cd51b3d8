using System.Globalization;
using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>7.2 and 8.2: a file that says that somebody runs is believed, although nobody does.</summary>
static class TrustsOldFiles
{
    /// <summary>Left also by a clean stop.</summary>
    public static Task PidFileAsync(string[] args) => RunAsync(args, "server.pid", removes: false);

    /// <summary>Left only by sudden death.</summary>
    public static Task LockFileAsync(string[] args) => RunAsync(args, "server.lock", removes: true);

    static async Task RunAsync(string[] args, string file, bool removes)
    {
        if (File.Exists(file))
        {
            await Console.Error.WriteLineAsync($"{file} is there: already running");
            Environment.ExitCode = 1;
            return;
        }

        var app = WellBehavedServer.Build(args);
        app.Lifetime.ApplicationStarted.Register(() => File.WriteAllText(file, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        try
        {
            await app.RunAsync();
        }
        finally
        {
            // Also where a signal during the start ends it by an exception.
            if (removes)
            {
                File.Delete(file);
            }
        }
    }
}
