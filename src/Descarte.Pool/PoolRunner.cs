using System.Runtime.Versioning;

namespace Descarte.Pool;

/// <summary>Runs a supervisor from start to end.</summary>
[UnsupportedOSPlatform("windows")]
static class PoolRunner
{
    /// <returns>The exit code of the process.</returns>
    public static Task<int> RunAsync(PoolPlan plan)
    {
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);

        // A thread of its own, which lives until the end: Linux signals a child when the thread that started it is gone.
        new Thread(() =>
        {
            try
            {
                ended.SetResult(Run(plan));
            }
            catch (Exception e)
            {
                ended.SetException(e);
            }
        })
        { Name = "pool" }.Start();
        return ended.Task;
    }

    public static int Run(PoolPlan plan)
    {
        try
        {
            using var supervisor = new Supervisor(plan);
            return supervisor.Run();
        }
        catch (PoolException e)
        {
            Console.Error.WriteLine(e.Message);
            return e.ExitCode;
        }
    }
}
