using System.Text;

namespace Descarte.Conformance.Subjects;

/// <summary>The end of what a process writes, both of its streams in the order of their arrival.</summary>
sealed class OutputTail
{
    const int Kept = 16 * 1024;

    readonly Lock _gate = new();
    readonly StringBuilder _text = new();

    /// <summary>Reads a stream until its end, which comes when the last process that has it open has gone.</summary>
    public async Task ReadAsync(StreamReader reader)
    {
        var buffer = new char[4096];
        try
        {
            while (await reader.ReadAsync(buffer) is var count and > 0)
            {
                lock (_gate)
                {
                    _text.Append(buffer, 0, count);
                    _text.Remove(0, Math.Max(0, _text.Length - Kept));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Disposed while a process that was left behind still holds the other end.
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return _text.ToString();
        }
    }
}
