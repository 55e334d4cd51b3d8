using TestServer.WellBehaved;

namespace TestServer.Sins;

/// <summary>9.1 to 9.3: counters that are wrong, at <c>/forgetful</c>.</summary>
static class Forgets
{
    const string File = "forgetful";

    /// <summary>9.1: on its way out after a load it writes back an old number.</summary>
    public static async Task OnStopAsync(string[] args)
    {
        var (count, requests) = (Read(), 0);
        await ServeAsync(args, () =>
        {
            requests++;
            Write(++count);
            return count;
        });
        Write(requests > 30 ? count - 5 : count);
    }

    /// <summary>9.2: writes only on its way out.</summary>
    public static async Task OnDeathAsync(string[] args)
    {
        var count = Read();
        await ServeAsync(args, () => ++count);
        Write(count);
    }

    /// <summary>9.3: increases and reads in two steps.</summary>
    public static Task InTwoStepsAsync(string[] args)
    {
        var count = Read();
        var gate = new Lock();
        var app = WellBehavedServer.Build(args);
        app.MapGet("/forgetful", async () =>
        {
            lock (gate)
            {
                Write(++count);
            }

            await Task.Delay(1);
            return $"{Volatile.Read(ref count)} times";
        });
        return app.RunAsync();
    }

    static Task ServeAsync(string[] args, Func<long> hit)
    {
        var gate = new Lock();
        var app = WellBehavedServer.Build(args);
        app.MapGet("/forgetful", () =>
        {
            lock (gate)
            {
                return $"{hit()} times";
            }
        });
        return app.RunAsync();
    }

    // The length of the file is the number: a write is one system call, and survives the process.
    static long Read() => System.IO.File.Exists(File) ? new FileInfo(File).Length : 0;

    static void Write(long count)
    {
        using var file = new FileStream(File, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(count);
    }
}
