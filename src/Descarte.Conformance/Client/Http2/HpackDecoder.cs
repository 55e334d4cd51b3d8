using System.Buffers;
using System.Text;

namespace Descarte.Conformance.Client.Http2;

/// <summary>Decodes header blocks (RFC 7541), dynamic table included. One per connection: the table goes with it.</summary>
sealed class HpackDecoder
{
    // SETTINGS_HEADER_TABLE_SIZE where nothing else was said (RFC 9113 section 6.5.2).
    const int MaxTableSize = 4096;

    // RFC 7541 appendix A.
    static readonly (string Name, string Value)[] Static =
    [
        (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"), (":scheme", "http"), (":scheme", "https"),
        (":status", "200"), (":status", "204"), (":status", "206"), (":status", "304"), (":status", "400"), (":status", "404"), (":status", "500"),
        ("accept-charset", ""), ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""), ("accept", ""),
        ("access-control-allow-origin", ""), ("age", ""), ("allow", ""), ("authorization", ""), ("cache-control", ""), ("content-disposition", ""),
        ("content-encoding", ""), ("content-language", ""), ("content-length", ""), ("content-location", ""), ("content-range", ""), ("content-type", ""),
        ("cookie", ""), ("date", ""), ("etag", ""), ("expect", ""), ("expires", ""), ("from", ""), ("host", ""), ("if-match", ""), ("if-modified-since", ""),
        ("if-none-match", ""), ("if-range", ""), ("if-unmodified-since", ""), ("last-modified", ""), ("link", ""), ("location", ""), ("max-forwards", ""),
        ("proxy-authenticate", ""), ("proxy-authorization", ""), ("range", ""), ("referer", ""), ("refresh", ""), ("retry-after", ""), ("server", ""),
        ("set-cookie", ""), ("strict-transport-security", ""), ("transfer-encoding", ""), ("user-agent", ""), ("vary", ""), ("via", ""), ("www-authenticate", ""),
    ];

    readonly List<(string Name, string Value)> _dynamic = []; // newest first
    readonly ArrayBufferWriter<byte> _text = new(256);
    int _limit = MaxTableSize;
    int _size;

    /// <summary>Decodes one whole header block.</summary>
    /// <exception cref="InvalidDataException">The block is not valid: the connection cannot go on, its table is unknown.</exception>
    public List<KeyValuePair<string, string>> Decode(ReadOnlySpan<byte> block)
    {
        var fields = new List<KeyValuePair<string, string>>();
        while (block.Length > 0)
        {
            var first = block[0];
            if (first >= 0x80)
            {
                var (name, value) = Entry(Integer(ref block, 7));
                fields.Add(new(name, value));
            }
            else if (first is >= 0x20 and < 0x40)
            {
                var limit = Integer(ref block, 5);
                _limit = limit <= MaxTableSize ? limit : throw new InvalidDataException("HPACK: a table larger than agreed");
                Evict(0);
            }
            else
            {
                // With indexing 01xxxxxx; without 0000xxxx; never 0001xxxx.
                var keep = first >= 0x40;
                var index = Integer(ref block, keep ? 6 : 4);
                var name = index == 0 ? Text(ref block) : Entry(index).Name;
                var value = Text(ref block);
                fields.Add(new(name, value));
                if (keep)
                {
                    Keep(name, value);
                }
            }
        }

        return fields;
    }

    static int Integer(ref ReadOnlySpan<byte> block, int prefix)
    {
        var max = (1 << prefix) - 1;
        var value = Next(ref block) & max;
        for (var shift = 0; value >= max; shift += 7)
        {
            var next = shift <= 21 ? Next(ref block) : throw new InvalidDataException("HPACK: an integer too large");
            value += (next & 0x7F) << shift;
            if (next < 0x80)
            {
                break;
            }
        }

        return value;
    }

    static byte Next(ref ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty)
        {
            throw new InvalidDataException("HPACK: the block ends within a field");
        }

        var value = block[0];
        block = block[1..];
        return value;
    }

    string Text(ref ReadOnlySpan<byte> block)
    {
        var huffman = !block.IsEmpty && block[0] >= 0x80;
        var length = Integer(ref block, 7);
        if (length > block.Length)
        {
            throw new InvalidDataException("HPACK: the block ends within a string");
        }

        var bytes = block[..length];
        block = block[length..];
        if (!huffman)
        {
            return Encoding.Latin1.GetString(bytes);
        }

        _text.ResetWrittenCount();
        return Huffman.TryDecode(bytes, _text) ? Encoding.Latin1.GetString(_text.WrittenSpan) : throw new InvalidDataException("HPACK: not a Huffman code");
    }

    (string Name, string Value) Entry(int index) =>
        index >= 1 && index <= Static.Length ? Static[index - 1]
        : index > Static.Length && index <= Static.Length + _dynamic.Count ? _dynamic[index - Static.Length - 1]
        : throw new InvalidDataException($"HPACK: no entry {index}");

    void Keep(string name, string value)
    {
        var size = Size(name, value);
        Evict(size);
        if (size <= _limit)
        {
            _dynamic.Insert(0, (name, value));
            _size += size;
        }
    }

    void Evict(int room)
    {
        while (_dynamic.Count > 0 && _size + room > _limit)
        {
            var (name, value) = _dynamic[^1];
            _size -= Size(name, value);
            _dynamic.RemoveAt(_dynamic.Count - 1);
        }
    }

    // RFC 7541 section 4.1.
    static int Size(string name, string value) => name.Length + value.Length + 32;
}
