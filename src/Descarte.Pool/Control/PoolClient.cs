using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;

namespace Descarte.Pool.Control;

/// <summary>Asks running pools of this user.</summary>
[UnsupportedOSPlatform("windows")]
static class PoolClient
{
    const int NoSuchPool = 1;

    /// <summary>The folders of all pools that run.</summary>
    public static IReadOnlyList<string> Running() => [.. RuntimeFolder.Pools().Where(PoolFolder.IsAlive)];

    /// <summary>The pool of that name, or the only one.</summary>
    /// <exception cref="PoolException">There is none, or several to choose from.</exception>
    public static string Find(string? name)
    {
        var running = Running();
        var names = string.Join(", ", running.Select(Path.GetFileName));
        return (name, running) switch
        {
            (null, [var only]) => only,
            (null, []) => throw new PoolException("No pool is running; descarte run starts one", NoSuchPool),
            (null, _) => throw new PoolException($"Several pools are running: {names}; say which", PoolException.Usage),
            _ => running.FirstOrDefault(folder => Path.GetFileName(folder) == name) ?? throw new PoolException(
                $"No pool named '{name}' is running" + (running.Count > 0 ? $"; there is {names}" : "; descarte run starts one"), NoSuchPool),
        };
    }

    /// <summary>One answer.</summary>
    /// <exception cref="PoolException">The pool refuses, or has gone.</exception>
    public static async Task<ControlAnswer> AskAsync(string folder, ControlRequest request, CancellationToken cancellation)
    {
        await foreach (var answer in AskManyAsync(folder, request, cancellation))
        {
            return answer;
        }

        // A pool that is told to stop may have gone before it could say so.
        return request.Command == "stop" ? new ControlAnswer() : throw Gone(folder);
    }

    /// <summary>All answers.</summary>
    /// <exception cref="PoolException">The pool refuses, or has gone.</exception>
    public static async IAsyncEnumerable<ControlAnswer> AskManyAsync(
        string folder, ControlRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(PoolFolder.ControlSocketIn(folder)), cancellation);
        }
        catch (SocketException)
        {
            throw Gone(folder);
        }

        using var stream = new NetworkStream(socket);
        var isSent = await TryWriteAsync(stream, request, cancellation);

        // A pool that refuses somebody says so without waiting for what they want.
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var isAnswered = false;
        while (await ReadLineAsync(reader, cancellation) is { } line)
        {
            isAnswered = true;
            yield return Parse(line, folder);
        }

        if (!isSent && !isAnswered)
        {
            throw Gone(folder);
        }
    }

    static async Task<bool> TryWriteAsync(NetworkStream stream, ControlRequest request, CancellationToken cancellation)
    {
        try
        {
            await stream.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest), (byte)'\n'], cancellation);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    static ControlAnswer Parse(string line, string folder)
    {
        ControlAnswer? answer;
        try
        {
            answer = JsonSerializer.Deserialize(line, ControlJson.Default.ControlAnswer);
        }
        catch (JsonException)
        {
            // Cut in the middle: it has ended.
            throw Gone(folder);
        }

        return answer switch
        {
            null => throw Gone(folder),
            { Error: { } error } => throw new PoolException($"{Path.GetFileName(folder)}: {error}", NoSuchPool),
            _ => answer,
        };
    }

    static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadLineAsync(cancellation);
        }
        catch (IOException)
        {
            return null;
        }
    }

    static PoolException Gone(string folder) => new($"The pool '{Path.GetFileName(folder)}' does not answer; it may just have ended", NoSuchPool);
}
