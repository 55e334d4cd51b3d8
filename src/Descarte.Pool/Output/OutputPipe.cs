using Descarte.Pool.Processes;

namespace Descarte.Pool.Output;

/// <summary>A pipe between a worker and the supervisor, neither end of which any other child gets.</summary>
sealed unsafe class OutputPipe
{
    /// <summary>Ours; -1 while it is not open.</summary>
    public int Read { get; private set; } = -1;

    /// <summary>The worker's, out of the way of the descriptors that it gets.</summary>
    public int Write { get; private set; } = -1;

    /// <exception cref="PoolException">No descriptor is left.</exception>
    public void Open()
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends) != 0)
        {
            throw None();
        }

        Libc.KeepFromChildren(ends[0]);
        Read = ends[0];
        Write = Libc.Duplicate(ends[1], Spawner.FirstSafeDescriptor);
        _ = Libc.Close(ends[1]);
        if (Write < 0)
        {
            throw None();
        }
    }

    public void CloseRead() => Read = Close(Read);

    public void CloseWrite() => Write = Close(Write);

    static int Close(int descriptor)
    {
        if (descriptor >= 0)
        {
            _ = Libc.Close(descriptor);
        }

        return -1;
    }

    static PoolException None() => new("no descriptor left for its output; raise the limit of open files (ulimit -n)", PoolException.OsError);
}
