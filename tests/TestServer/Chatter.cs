namespace TestServer;

/// <summary>A worker that writes: numbered lines of all lengths when it starts, as many when it is told to end, and last words without a newline.</summary>
static class Chatter
{
    const int Longest = 6_000;

    public static async Task RunAsync(string[] args)
    {
        var lines = int.Parse(args[0]);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            told.TrySetResult();
        });
        Write(0, lines);
        await told.Task;
        Write(lines, lines);
        Console.Write($"{Environment.ProcessId} ends");
    }

    static void Write(int after, int count)
    {
        for (var line = after; line < after + count; line++)
        {
            Console.WriteLine($"{Environment.ProcessId} {line} {new string('x', line * 7919 % Longest)}|");
        }
    }
}
