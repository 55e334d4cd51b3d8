using System.Buffers;

namespace Descarte.Conformance.Client.Http2;

/// <summary>HPACK's Huffman code (RFC 7541 appendix B). The code is canonical, so the lengths alone define it.</summary>
static class Huffman
{
    const int EndOfString = 256;
    const int Longest = 30;

    // Bits of the code of each byte, and last of the end-of-string symbol.
    static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    // Symbols in the order of their codes; and for each length the first code and the place of its symbol.
    static readonly short[] Symbols = [.. Enumerable.Range(0, EndOfString + 1).OrderBy(symbol => Lengths[symbol]).Select(symbol => (short)symbol)];
    static readonly (int First, int Count, int Place)[] ByLength = Rows();

    /// <summary>Appends what the code says; false when it is not valid.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> output)
    {
        var code = 0;
        var length = 0;
        foreach (var value in bytes)
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                code = (code << 1) | ((value >> bit) & 1);
                if (++length > Longest)
                {
                    return false;
                }

                var (first, count, place) = ByLength[length];
                if (code - first < count)
                {
                    var symbol = Symbols[place + code - first];
                    if (symbol == EndOfString)
                    {
                        return false;
                    }

                    output.Write((ReadOnlySpan<byte>)[(byte)symbol]);
                    code = length = 0;
                }
            }
        }

        // Padding: the beginning of the end-of-string code, all ones, shorter than a byte.
        return length < 8 && code == (1 << length) - 1;
    }

    static (int First, int Count, int Place)[] Rows()
    {
        var rows = new (int First, int Count, int Place)[Longest + 1];
        var code = 0;
        var place = 0;
        for (var length = 1; length <= Longest; length++)
        {
            var count = Lengths.Count((byte)length);
            rows[length] = (code <<= 1, count, place);
            code += count;
            place += count;
        }

        return rows;
    }
}
