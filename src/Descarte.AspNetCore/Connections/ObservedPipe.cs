using System.IO.Pipelines;
using Descarte.Requests;

namespace Descarte.Connections;

/// <summary>A transport pipe that remembers whether the server has consumed or seen bytes since it was last told to forget, and how many it wrote.</summary>
sealed class ObservedPipe(IDuplexPipe pipe, Closing closing, RequestSlots requests) : PipeReader, IDuplexPipe
{
    readonly PipeReader _input = pipe.Input;
    readonly CountedOutput _output = new(pipe.Output, requests);
    volatile bool _hasReceived;
    volatile bool _isRead;

    /// <summary>Somebody has begun to read.</summary>
    public bool IsRead => _isRead;

    public bool HasReceived => _hasReceived;

    /// <summary>On the clock of <see cref="Environment.TickCount64"/>; kept only once a stop is announced, for until then nobody asks.</summary>
    public long LastActivity { get; private set; } = Environment.TickCount64;

    public PipeReader Input => this;

    public PipeWriter Output => _output;

    public long Written => _output.Written;

    public void Forget()
    {
        _hasReceived = false;
        NoteTime();
    }

    public override void AdvanceTo(SequencePosition consumed)
    {
        Note();
        _input.AdvanceTo(consumed);
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        Note();
        _input.AdvanceTo(consumed, examined);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        _isRead = true;
        return _input.ReadAsync(cancellationToken);
    }

    public override bool TryRead(out ReadResult result)
    {
        _isRead = true;
        return _input.TryRead(out result);
    }

    public override void CancelPendingRead() => _input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _input.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => _input.CompleteAsync(exception);

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken)
    {
        _isRead = true;
        return _input.ReadAtLeastAsync(minimumSize, cancellationToken);
    }

    void Note()
    {
        _hasReceived = true;
        NoteTime();
    }

    void NoteTime()
    {
        if (closing.Announced)
        {
            LastActivity = Environment.TickCount64;
        }
    }
}
