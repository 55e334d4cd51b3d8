using System.Buffers;
using System.Text;

namespace Descarte.Conformance.Client.Http2;

/// <summary>Encodes a request's header block (RFC 7541) with literals only: no table, no Huffman, the same bytes every time.</summary>
static class HpackEncoder
{
    public static byte[] Encode(Request request, Target target)
    {
        var block = new ArrayBufferWriter<byte>(128);
        Literal(block, ":method", request.Method);
        Literal(block, ":scheme", target.Tls ? "https" : "http");
        Literal(block, ":path", request.Path);
        Literal(block, ":authority", request.AuthorityAt(target));
        foreach (var (name, value) in request.OtherHeaders)
        {
            Literal(block, name.ToLowerInvariant(), value);
        }

        if (request.HasLength)
        {
            Literal(block, "content-length", request.Body.Length.ToString());
        }

        return block.WrittenSpan.ToArray();
    }

    // Literal without indexing, new name: RFC 7541 section 6.2.2.
    static void Literal(ArrayBufferWriter<byte> block, string name, string value)
    {
        block.Write((ReadOnlySpan<byte>)[0]);
        Text(block, name);
        Text(block, value);
    }

    static void Text(ArrayBufferWriter<byte> block, string text)
    {
        var rest = text.Length - 0x7F;
        block.Write((ReadOnlySpan<byte>)[(byte)Math.Min(text.Length, 0x7F)]);
        for (; rest >= 0x80; rest >>= 7)
        {
            block.Write((ReadOnlySpan<byte>)[(byte)(rest | 0x80)]);
        }

        if (text.Length >= 0x7F)
        {
            block.Write((ReadOnlySpan<byte>)[(byte)rest]);
        }

        block.Write(Encoding.Latin1.GetBytes(text).AsSpan());
    }
}
