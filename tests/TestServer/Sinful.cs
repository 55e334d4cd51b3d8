namespace TestServer;

/// <summary>Workers that do not do what a worker should; none of them serves.</summary>
static class Sinful
{
    /// <summary>Writes to both outputs and ends with the exit code that it was given.</summary>
    public static Task EndAsync(string[] args)
    {
        Console.WriteLine("a line before the end");
        Console.Error.WriteLine("the reason of the end");
        Environment.ExitCode = int.Parse(args[0]);
        return Task.CompletedTask;
    }

    /// <summary>Does not end on SIGTERM.</summary>
    public static async Task StayAsync(string[] args)
    {
        using var deaf = System.Runtime.InteropServices.PosixSignalRegistration.Create(
            System.Runtime.InteropServices.PosixSignal.SIGTERM, context => context.Cancel = true);
        Console.WriteLine("staying");
        await Task.Delay(Timeout.Infinite);
    }

    /// <summary>Says where it runs and what it was given, and waits.</summary>
    public static async Task TellAsync(string[] args)
    {
        Console.WriteLine($"in {Environment.CurrentDirectory} with {string.Join(' ', args.Select(argument => $"<{argument}>"))}");
        foreach (var name in new[] { "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC" })
        {
            Console.WriteLine($"{name}={Environment.GetEnvironmentVariable(name)}");
        }

        Console.WriteLine($"pid={Environment.ProcessId}");
        File.WriteAllText("left-behind", "by a worker");
        await Task.Delay(Timeout.Infinite);
    }
}
