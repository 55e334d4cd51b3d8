namespace Descarte.Pool.Reconciling;

/// <summary>What the machine does to the world. None of it waits; what comes of it comes back as an event.</summary>
interface IPoolHost
{
    /// <summary>Starts a process for the worker and sets its <see cref="Worker.ProcessId"/>.</summary>
    void Start(Worker worker);

    /// <summary>SIGTERM to the worker; to its whole group once the worker itself has been reaped.</summary>
    void Terminate(Worker worker);

    /// <summary>SIGKILL to the worker's process group.</summary>
    void Kill(Worker worker);

    /// <summary>Whether processes of its group are left after it has been reaped.</summary>
    bool HasRemains(Worker worker);

    /// <summary>Whether what the worker says can reach us.</summary>
    bool Hears(Worker worker);

    /// <summary>Lets no further client in; <see cref="PoolMachine.DoorClosed"/> follows when the queue is empty.</summary>
    void CloseDoor();

    /// <summary>Closes the supervisor's own hold on the listening sockets: when the last worker has closed its own, clients are refused.</summary>
    void LetGo();
}

/// <summary>What people are told: one call a change of state, with the reason.</summary>
interface IPoolJournal
{
    void Started(Worker worker);

    void Ready(Worker worker, TimeSpan after);

    void Removing(Worker worker, string reason);

    void Draining(Worker worker);

    void Killing(Worker worker, string reason);

    /// <param name="worker">The one that has ended.</param>
    /// <param name="status">How.</param>
    /// <param name="after">Since it was told to stop; null when nobody told it to.</param>
    void Exited(Worker worker, ExitStatus status, TimeSpan? after);

    void BackingOff(int slot, int failures, TimeSpan wait);

    void Resized(int from, int to);

    void RestartBegun(int workers);

    void RestartEnded(string? failure);

    void Stopping(string reason, TimeSpan grace);

    void GaveUp(Worker worker, string reason);
}
