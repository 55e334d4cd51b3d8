using TestServer.Sins;

namespace TestServer;

/// <summary>A worker that writes: numbered lines of all lengths when it starts, as many when it is told to end, and last words without a newline.</summary>
static class Chatter
{
    const int Longest = 6_000;

    public static async Task RunAsync(string[] args)
    {
        var lines = int.Parse(args[0]);
        var told = Sigterm.Taken();
        Write(0, lines);
        await told;
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
