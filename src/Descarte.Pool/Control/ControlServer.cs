using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using Descarte.Pool.Output;
using Descarte.Pool.Processes;

namespace Descarte.Pool.Control;

/// <summary>What the control socket asks the supervisor for.</summary>
interface IControlled
{
    Task<PoolStatus> StatusAsync();

    /// <summary>Completes when the pool has ended.</summary>
    Task StopAsync(TimeSpan? grace);

    /// <returns>Why it failed; null when it did not.</returns>
    Task<string?> RestartAsync();

    /// <returns>Why it was refused; null when it was not.</returns>
    Task<string?> ScaleAsync(int workers);

    LogHistory History { get; }
}

/// <summary>The control socket: a line of JSON in, a line of JSON out. Only the user whose pool it is may ask.</summary>
[UnsupportedOSPlatform("windows")]
sealed class ControlServer : IDisposable
{
    // <asm-generic/socket.h>: SO_PEERCRED gives struct ucred { pid, uid, gid }.
    const int SolSocket = 1;
    const int SoPeerCred = 17;

    readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    readonly CancellationTokenSource _ending = new();
    readonly IControlled _pool;

    public ControlServer(string path, IControlled pool)
    {
        _pool = pool;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listener.Listen();
        _ = AcceptAsync();
    }

    public void Dispose()
    {
        _ending.Cancel();
        _listener.Dispose();
    }

    async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync(_ending.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // That client has gone; out of descriptors, the next one may fare better.
                await Task.Delay(100).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    async Task ServeAsync(Socket client)
    {
        try
        {
            using var stream = new NetworkStream(client, ownsSocket: true);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            if (!IsSameUser(client))
            {
                await WriteAsync(stream, new ControlAnswer("this pool belongs to another user"));
            }
            else if (await reader.ReadLineAsync(_ending.Token) is { } line)
            {
                await AnswerAsync(Parse(line), stream);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever asked has gone.
        }
    }

    static ControlRequest? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ControlJson.Default.ControlRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    async Task AnswerAsync(ControlRequest? request, NetworkStream stream)
    {
        switch (request)
        {
            case { Command: "ps" }:
                await WriteAsync(stream, new ControlAnswer(Pool: await _pool.StatusAsync()));
                break;
            case { Command: "stop", TimeoutSeconds: null or (>= 0 and <= 86_400) }:
                await _pool.StopAsync(request.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
                await WriteAsync(stream, new ControlAnswer());
                break;
            case { Command: "restart" }:
                await WriteAsync(stream, new ControlAnswer(await _pool.RestartAsync()));
                break;
            case { Command: "scale", Workers: { } workers }:
                await WriteAsync(stream, new ControlAnswer(await _pool.ScaleAsync(workers)));
                break;
            case { Command: "logs" }:
                await LogsAsync(stream, request.Follow);
                break;
            default:
                await WriteAsync(stream, new ControlAnswer("not a request of this pool; its supervisor may be of another version"));
                break;
        }
    }

    async Task LogsAsync(NetworkStream stream, bool follow)
    {
        await foreach (var line in follow ? _pool.History.FollowAsync(_ending.Token) : _pool.History.Lines.ToAsyncEnumerable())
        {
            await WriteAsync(stream, new ControlAnswer(Line: new LogEntry(line.Slot, line.IsError, line.Text)));
        }
    }

    static ValueTask WriteAsync(NetworkStream stream, ControlAnswer answer) =>
        stream.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(answer, ControlJson.Default.ControlAnswer), (byte)'\n']);

    /// <summary>Linux says who connected; elsewhere the rights of the folder and of the socket have to do.</summary>
    static bool IsSameUser(Socket client)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        Span<byte> credentials = stackalloc byte[12];
        client.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        return BitConverter.ToUInt32(credentials[4..]) == Libc.GetEffectiveUserId();
    }
}
