using System.Buffers;

namespace Descarte.Pool.Output;

/// <summary>Cuts a stream of bytes into lines; a line longer than the limit comes in pieces.</summary>
sealed class LineSplitter
{
    /// <summary>In bytes.</summary>
    public const int LongestLine = 65_536;

    readonly ArrayBufferWriter<byte> _rest = new();

    /// <param name="bytes">What was read.</param>
    /// <param name="line">Called with each line that is complete, without its end.</param>
    public void Add(ReadOnlySpan<byte> bytes, LineHandler line)
    {
        while (bytes.IndexOf((byte)'\n') is var end && end >= 0)
        {
            if (_rest.WrittenCount == 0)
            {
                line(bytes[..end]);
            }
            else
            {
                _rest.Write(bytes[..end]);
                Flush(line);
            }

            bytes = bytes[(end + 1)..];
        }

        _rest.Write(bytes);
        if (_rest.WrittenCount >= LongestLine)
        {
            Flush(line);
        }
    }

    /// <summary>What is left when the stream has ended: a line without its end.</summary>
    public void End(LineHandler line)
    {
        if (_rest.WrittenCount > 0)
        {
            Flush(line);
        }
    }

    void Flush(LineHandler line)
    {
        line(_rest.WrittenSpan);
        _rest.ResetWrittenCount();
    }
}

delegate void LineHandler(ReadOnlySpan<byte> line);
