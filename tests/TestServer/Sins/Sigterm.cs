using System.Runtime.InteropServices;

namespace TestServer.Sins;

/// <summary>SIGTERM beside the drain's own handler: for faults that begin with the signal.</summary>
static class Sigterm
{
    /// <summary>Counts from 1. The registration lasts as long as the process.</summary>
    public static void On(Action<int> signalled)
    {
        var count = 0;
        // Not cancelled: before the host has its own handler, the signal has to end the process as ever.
        Registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => signalled(Interlocked.Increment(ref count))));
    }

    /// <summary>The same, before the drain hears of it: of several handlers the runtime calls the newest first. For faults in what the drain changes at once.</summary>
    public static void BeforeTheDrain(WebApplication app, Action signalled) => app.Use(next =>
    {
        // Here the drain has its handler already, and nobody can connect yet; when the host says that it has started, clients may have come and the signal, too.
        On(_ => signalled());
        return next;
    });

    /// <summary>Takes it from the runtime, which would end the process: that is the caller's own business then.</summary>
    /// <returns>Completes with the signal.</returns>
    public static Task Taken()
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            taken.TrySetResult();
        }));
        return taken.Task;
    }

    static readonly List<PosixSignalRegistration> Registrations = [];
}
