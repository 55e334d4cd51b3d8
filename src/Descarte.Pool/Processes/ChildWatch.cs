namespace Descarte.Pool.Processes;

/// <summary>
/// Tells process 1, as which a container has the supervisor, of its children's ends. There the runtime takes them for orphans: on SIGCHLD it reaps
/// every child before anybody else is told of the signal, and how a worker ended is lost (dotnet/runtime, pal_signal.c, SignalHandlerLoop).
/// </summary>
static class ChildWatch
{
    /// <summary>Without a child there is nothing to wait for, and nothing tells of the next.</summary>
    static readonly TimeSpan NoChild = TimeSpan.FromMilliseconds(20);

    /// <summary>Takes SIGCHLD back from the runtime, which must have been given it before, lest it take it once more; a thread waits instead.</summary>
    /// <param name="queue">Where to post.</param>
    /// <param name="reap">Takes in all that can be told of children.</param>
    public static void Start(EventQueue queue, Action reap)
    {
        _ = Libc.SetSignal(Libc.SigChild, handler: 0);
        new Thread(() => Watch(queue, reap)) { IsBackground = true, Name = "children" }.Start();
    }

    static void Watch(EventQueue queue, Action reap)
    {
        using var done = new AutoResetEvent(false);
        while (true)
        {
            if (!Libc.WaitForChild())
            {
                Thread.Sleep(NoChild);
                continue;
            }

            queue.Post(() =>
            {
                reap();
                done.Set();
            });
            done.WaitOne();
        }
    }
}
