using System.Text;

namespace Descarte.Conformance.Client;

/// <summary>A request, written byte by byte as it stands here: no header is added but Host and Content-Length.</summary>
/// <param name="Method">Any token.</param>
/// <param name="Path">The request target, from the slash on.</param>
public sealed record Request(string Method, string Path)
{
    /// <summary>GET of a path.</summary>
    public static Request Get(string path = "/") => new("GET", path);

    /// <summary>Further header fields, in order. Host takes the place of the target's own.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body; Content-Length is sent when it is not empty, or when the method is POST, PUT or PATCH.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The same request with one more header field.</summary>
    public Request With(string name, string value) => this with { Headers = [.. Headers, new(name, value)] };

    /// <summary>The authority that it is asked for: the target's, unless a field says another.</summary>
    internal string AuthorityAt(Target target) => Headers.FirstOrDefault(field => IsHost(field.Key)).Value ?? target.Authority;

    /// <summary>The fields beside it. Two of Host are an error (RFC 9112, 3.2).</summary>
    internal IEnumerable<KeyValuePair<string, string>> OtherHeaders => Headers.Where(header => !IsHost(header.Key));

    internal bool HasLength => Body.Length > 0 || Method is "POST" or "PUT" or "PATCH";

    static bool IsHost(string name) => name.Equals("Host", StringComparison.OrdinalIgnoreCase);

    /// <summary>The HTTP/1.1 head and body in one piece, so that one write sends all of it.</summary>
    public byte[] ToBytes(Target target)
    {
        var head = new StringBuilder().Append(Method).Append(' ').Append(Path).Append(" HTTP/1.1\r\nHost: ").Append(AuthorityAt(target)).Append("\r\n");
        foreach (var (name, value) in OtherHeaders)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (HasLength)
        {
            head.Append("Content-Length: ").Append(Body.Length).Append("\r\n");
        }

        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. Body.Span];
    }
}
