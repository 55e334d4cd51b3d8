namespace TestServer.WellBehaved;

/// <summary>A counter that survives whatever happens to the process: a byte in a file for each hit, and the length is the number.</summary>
static class Counter
{
    public static void Map(WebApplication app)
    {
        var file = new Lazy<FileStream>(() => new FileStream("hits", FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
        var gate = new Lock();
        app.MapGet("/count", () =>
        {
            lock (gate)
            {
                file.Value.WriteByte((byte)'.');
                return $"Hello World! {file.Value.Length} times.";
            }
        });
    }
}
