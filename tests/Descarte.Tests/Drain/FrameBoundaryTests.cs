using CsCheck;
using Descarte.LongConnections;

namespace Descarte.Tests.Drain;

public class FrameBoundaryTests
{
    static byte[] Frame(int opcode, int length) => length switch
    {
        < 126 => [(byte)(0x80 | opcode), (byte)length, .. new byte[length]],
        <= ushort.MaxValue => [(byte)(0x80 | opcode), 126, (byte)(length >> 8), (byte)length, .. new byte[length]],
        _ => [(byte)(0x80 | opcode), 127, 0, 0, 0, 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. new byte[length]],
    };

    [Fact]
    public void Frames_of_any_length_in_pieces_of_any_size_end_between_frames()
    {
        var lengths = Gen.OneOf(Gen.Int[0, 130], Gen.Int[65_530, 65_540]);
        Gen.Select(lengths.List[1, 4], Gen.Int[1, 70_000]).Sample((frames, piece) =>
        {
            var bytes = frames.SelectMany(length => Frame(1, length)).ToArray();
            var ends = frames.Select(length => Frame(1, length).Length).Aggregate(new List<int> { 0 }, (sums, length) => [.. sums, sums[^1] + length]);
            var boundary = new FrameBoundary();
            for (var at = 0; at < bytes.Length; at += piece)
            {
                var next = Math.Min(at + piece, bytes.Length);
                boundary.Pass(bytes.AsSpan(at..next));
                if (boundary.IsBetweenFrames != ends.Contains(next))
                {
                    return false;
                }
            }

            return !boundary.SawClose;
        });
    }

    [Fact]
    public void A_close_frame_is_seen()
    {
        var boundary = new FrameBoundary();
        boundary.Pass(Frame(8, 2));
        Assert.True(boundary.SawClose);
    }
}
