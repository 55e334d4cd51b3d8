using System.Runtime.InteropServices;
using System.Text;
using Descarte.Pool.Processes;

namespace Descarte.Pool.Output;

/// <summary>
/// Passes on what the workers write, whole line by whole line, from one thread that waits for all pipes at once. On a
/// terminal each line says whose it is.
/// </summary>
sealed unsafe class OutputRelay : IDisposable
{
    public const int StandardOutput = 1;
    public const int StandardError = 2;

    const int ReadSize = 65_536;

    readonly Lock _lock = new();
    readonly List<Stream> _streams = [];
    readonly bool _prefixed;
    readonly int _wakeRead;
    readonly int _wakeWrite;
    readonly Thread _thread;
    bool _finishing;
    ManualResetEventSlim? _flushed;

    public OutputRelay(bool prefixed)
    {
        _prefixed = prefixed;
        (_wakeRead, _wakeWrite) = NewPipe();
        _thread = new Thread(Relay) { IsBackground = true, Name = "pool: output" };
        _thread.Start();
    }

    public LogHistory History { get; } = new();

    /// <summary>A pipe whose two ends are closed in every child that is not given one of them.</summary>
    public static (int Read, int Write) NewPipe()
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends) != 0)
        {
            throw new PoolException("No descriptor left for a worker's output; raise the limit of open files (ulimit -n)", 71);
        }

        Libc.KeepFromChildren(ends[0]);
        Libc.KeepFromChildren(ends[1]);
        return (ends[0], ends[1]);
    }

    /// <summary>Reads the pipe until it ends, and closes it.</summary>
    /// <param name="descriptor">The read end.</param>
    /// <param name="slot">Whose it is.</param>
    /// <param name="to">Standard output or standard error.</param>
    /// <param name="tail">Keeps the last lines; null where nobody asks for them.</param>
    public void Add(int descriptor, int slot, int to, LastLines? tail = null)
    {
        lock (_lock)
        {
            _streams.Add(new Stream(descriptor, slot, to, tail));
        }

        Wake();
    }

    /// <summary>A line of the supervisor's own, to standard error.</summary>
    public void Say(string line)
    {
        lock (_lock)
        {
            Pass(Encoding.UTF8.GetBytes(line), slot: 0, StandardError);
        }
    }

    /// <summary>Waits until all that has been written so far is passed on; for a second at most.</summary>
    public void Flush()
    {
        using var flushed = new ManualResetEventSlim();
        lock (_lock)
        {
            _flushed = flushed;
        }

        Wake();
        flushed.Wait(TimeSpan.FromSeconds(1));
        lock (_lock)
        {
            _flushed = null;
        }
    }

    /// <summary>Passes on what has been written so far, and ends. Pipes that orphans hold open are not waited for.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _finishing = true;
        }

        Wake();
        _thread.Join();
        _ = Libc.Close(_wakeRead);
        _ = Libc.Close(_wakeWrite);
    }

    void Wake()
    {
        byte any = 1;
        _ = Libc.Write(_wakeWrite, &any, 1);
    }

    void Relay()
    {
        var buffer = new byte[ReadSize];
        while (true)
        {
            Stream[] streams;
            bool finishing, flushing;
            lock (_lock)
            {
                (streams, finishing, flushing) = ([.. _streams], _finishing, _flushed is not null);
            }

            var waiting = new PollDescriptor[streams.Length + 1];
            waiting[0] = new PollDescriptor { Descriptor = _wakeRead, Events = PollDescriptor.Input };
            for (var index = 0; index < streams.Length; index++)
            {
                waiting[index + 1] = new PollDescriptor { Descriptor = streams[index].Descriptor, Events = PollDescriptor.Input };
            }

            int ready;
            fixed (PollDescriptor* first = waiting)
            {
                ready = Libc.Poll(first, (nuint)waiting.Length, finishing || flushing ? 0 : -1);
            }

            if (ready <= 0 && finishing)
            {
                return;
            }

            if (ready <= 0 && flushing)
            {
                lock (_lock)
                {
                    _flushed?.Set();
                    _flushed = null;
                }

                continue;
            }

            if (waiting[0].Results != 0)
            {
                fixed (byte* bytes = buffer)
                {
                    _ = Libc.Read(_wakeRead, bytes, ReadSize);
                }
            }

            for (var index = 0; index < streams.Length; index++)
            {
                if (waiting[index + 1].Results != 0)
                {
                    ReadOnce(streams[index], buffer);
                }
            }
        }
    }

    void ReadOnce(Stream stream, byte[] buffer)
    {
        nint count;
        fixed (byte* bytes = buffer)
        {
            count = Libc.Read(stream.Descriptor, bytes, ReadSize);
        }

        lock (_lock)
        {
            void Line(ReadOnlySpan<byte> line)
            {
                stream.Tail?.Add(line);
                Pass(line, stream.Slot, stream.To);
            }

            if (count > 0)
            {
                stream.Lines.Add(buffer.AsSpan(0, (int)count), Line);
            }
            else
            {
                stream.Lines.End(Line);
                _ = Libc.Close(stream.Descriptor);
                _streams.Remove(stream);
            }
        }
    }

    void Pass(ReadOnlySpan<byte> line, int slot, int to)
    {
        var prefix = _prefixed ? slot == 0 ? "pool     | " : $"worker {slot} | " : "";
        var whole = new byte[prefix.Length + line.Length + 1];
        Encoding.ASCII.GetBytes(prefix, whole);
        line.CopyTo(whole.AsSpan(prefix.Length));
        whole[^1] = (byte)'\n';
        WriteAll(to, whole);
        History.Add(slot, to == StandardError, line);
    }

    static void WriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var written = 0; written < bytes.Length;)
            {
                var count = Libc.Write(descriptor, start + written, (nuint)(bytes.Length - written));
                if (count > 0)
                {
                    written += (int)count;
                    continue;
                }

                var error = Marshal.GetLastPInvokeError();
                if (error == Libc.TryAgain)
                {
                    var room = new PollDescriptor { Descriptor = descriptor, Events = PollDescriptor.Output };
                    _ = Libc.Poll(&room, 1, -1);
                }
                else if (error != Libc.Interrupted)
                {
                    // Nobody reads any more; that must not hold up the workers.
                    return;
                }
            }
        }
    }

    sealed record Stream(int Descriptor, int Slot, int To, LastLines? Tail)
    {
        public LineSplitter Lines { get; } = new();
    }
}
