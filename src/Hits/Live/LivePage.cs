using System.Security.Cryptography;
using System.Text;

namespace Hits;

/// <summary><c>GET /live</c>: the page that shows the counter as it grows, one file with all it needs.</summary>
internal sealed class LivePage
{
    readonly byte[] _page;
    readonly string _policy;

    /// <summary>Reads the page out of the program.</summary>
    public LivePage()
    {
        using var resource = typeof(LivePage).Assembly.GetManifestResourceStream("live.html")!;
        using var reader = new StreamReader(resource);

        // A browser hashes what it has parsed, and line ends are parsed to LF (WHATWG HTML, section 13.2.3.5): so they are here too,
        // wherever the file was checked out.
        var html = reader.ReadToEnd().Replace("\r\n", "\n", StringComparison.Ordinal);
        _page = Encoding.UTF8.GetBytes(html);

        // Nothing runs, looks or connects but what stands in the page itself, known by its hash (CSP level 3, section 6.7.3).
        _policy = $"default-src 'none'; style-src {Hash(html, "style")}; script-src {Hash(html, "script")}; connect-src 'self'; "
            + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    public async Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = _page.Length;
        response.Headers.CacheControl = "no-cache";
        response.Headers.ContentSecurityPolicy = _policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await response.Body.WriteAsync(_page, context.RequestAborted);
        }
    }

    static string Hash(string html, string element)
    {
        var start = html.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        var end = html.IndexOf($"</{element}>", start, StringComparison.Ordinal);
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(html[start..end])))}'";
    }
}
