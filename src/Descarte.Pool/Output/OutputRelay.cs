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

    /// <summary>Lines of our own that wait for a reader who does not read.</summary>
    const int LongestQueue = 10_000;

    /// <summary>How long a flush waits for a reader.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How long the last lines of all do: nobody waits behind them but who waits for the end of the pool.</summary>
    static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(5);

    readonly Lock _lock = new();
    readonly List<Stream> _streams = [];
    readonly bool _prefixesOutput;
    readonly bool _prefixesErrors;
    readonly OutputPipe _wake = new();
    readonly Queue<string> _own = new();
    readonly Thread _thread;
    bool _finishing;
    int _woken;
    ManualResetEventSlim? _flushed;

    /// <param name="prefixesOutput">Whether standard output is a terminal, on which each line says whose it is.</param>
    /// <param name="prefixesErrors">The same of standard error.</param>
    public OutputRelay(bool prefixesOutput, bool prefixesErrors)
    {
        (_prefixesOutput, _prefixesErrors) = (prefixesOutput, prefixesErrors);
        _wake.Open();
        _thread = new Thread(Relay) { IsBackground = true, Name = "pool: output" };
        _thread.Start();
    }

    public LogHistory History { get; } = new();

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

    /// <summary>A line of the supervisor's own, to standard error. It is written by the thread of the relay: who says it never waits for a reader.</summary>
    public void Say(string line)
    {
        lock (_lock)
        {
            if (_own.Count < LongestQueue)
            {
                _own.Enqueue(line);
            }
        }

        Wake();
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
        flushed.Wait(Patience);
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
        if (_thread.Join(LastPatience))
        {
            _wake.CloseRead();
            _wake.CloseWrite();
        }

        History.End(Patience);
    }

    void Wake()
    {
        // One byte until it has been seen: a relay that waits for a reader must not make others wait for it.
        if (Interlocked.Exchange(ref _woken, 1) == 0)
        {
            byte any = 1;
            _ = Libc.Write(_wake.Write, &any, 1);
        }
    }

    void Relay()
    {
        var buffer = new byte[ReadSize];
        while (true)
        {
            Stream[] streams;
            Volatile.Write(ref _woken, 0);
            string[] own;
            bool finishing, flushing;
            lock (_lock)
            {
                own = [.. _own];
                _own.Clear();
                (streams, finishing, flushing) = ([.. _streams], _finishing, _flushed is not null);
            }

            foreach (var line in own)
            {
                Pass(Encoding.UTF8.GetBytes(line), slot: 0, StandardError);
            }

            var waiting = new PollDescriptor[streams.Length + 1];
            waiting[0] = new PollDescriptor { Descriptor = _wake.Read, Events = PollDescriptor.Input };
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
                    _ = Libc.Read(_wake.Read, bytes, ReadSize);
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

        void Line(ReadOnlySpan<byte> line)
        {
            stream.Tail?.Add(line);
            Pass(line, stream.Slot, stream.To);
        }

        if (count > 0)
        {
            stream.Lines.Add(buffer.AsSpan(0, (int)count), Line);
            return;
        }

        stream.Lines.End(Line);
        _ = Libc.Close(stream.Descriptor);
        lock (_lock)
        {
            _streams.Remove(stream);
        }
    }

    void Pass(ReadOnlySpan<byte> line, int slot, int to)
    {
        var prefix = (to == StandardError ? _prefixesErrors : _prefixesOutput) ? slot == 0 ? "pool     | " : $"worker {slot} | " : "";
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
