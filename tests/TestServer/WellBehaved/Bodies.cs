namespace TestServer.WellBehaved;

/// <summary>Uploads and downloads.</summary>
static class Bodies
{
    const int Piece = 64 * 1024;

    public static void Map(WebApplication app)
    {
        app.MapPost("/upload", async (HttpRequest request) =>
        {
            var buffer = new byte[Piece];
            var length = 0L;
            while (await request.Body.ReadAsync(buffer) is var count and > 0)
            {
                length += count;
            }

            return $"{length} bytes";
        });

        app.MapPost("/echo", async context =>
        {
            context.Response.ContentLength = context.Request.ContentLength;
            await context.Request.Body.CopyToAsync(context.Response.Body);
        });

        app.MapGet("/download", async (HttpResponse response, long bytes) =>
        {
            response.ContentLength = bytes;
            var piece = new byte[Piece];
            for (; bytes > 0; bytes -= piece.Length)
            {
                await response.Body.WriteAsync(piece.AsMemory(0, (int)Math.Min(bytes, piece.Length)));
            }
        });
    }
}
