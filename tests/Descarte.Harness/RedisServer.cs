using System.Net.Sockets;

namespace Descarte.Harness;

/// <summary>A real redis-server on a port and in a folder of its own, with an append-only file, so that it can be stopped and come back.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    readonly string _program = Need.RedisServer();
    readonly TempFolder _folder = new();
    ChildProcess? _process;

    RedisServer(int port) => Port = port;

    public int Port { get; }

    /// <summary>The variables by which Hits finds it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables => [new("HOST_REDIS", "127.0.0.1"), new("PORT_REDIS", $"{Port}")];

    /// <summary>A server on a free port of 127.0.0.1, ready to answer.</summary>
    public static Task<RedisServer> StartAsync() => StartAsync(FreePort.Next());

    public static async Task<RedisServer> StartAsync(int port)
    {
        var server = new RedisServer(port);
        try
        {
            await server.RestartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it on the port and the data it had. Returns when it answers.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        _process = ChildProcess.Start(
            [_program, "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder.FullName, "--save", "", "--appendonly", "yes", "--appendfsync", "no"],
            _folder.FullName);
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitUntilListeningAsync(Port, limit.Token);

        // It listens before it has read its file, and says -LOADING until then.
        while (await CommandAsync("PING") != "+PONG")
        {
            await Task.Delay(5, limit.Token);
        }
    }

    /// <summary>Stops it and waits for its end.</summary>
    public async Task StopAsync(Signal signal = Signal.Terminate)
    {
        if (_process is { } process)
        {
            _process = null;
            if (!process.HasExited)
            {
                process.Send(signal);
                await process.WaitForExitAsync(Limit);
            }

            await process.DisposeAsync();
        }
    }

    /// <summary>SIGSTOP: connections stay up and nothing answers, as with a machine that hangs.</summary>
    public void Pause() => _process!.Send(Signal.Stop);

    /// <summary>SIGCONT.</summary>
    public void Resume() => _process!.Send(Signal.Continue);

    /// <summary>Sends one command on a connection of its own, past any client library.</summary>
    /// <param name="command">As typed in redis-cli, without quotes: <c>GET hits</c>.</param>
    /// <returns>The first line of the answer as Redis writes it (<c>+OK</c>, <c>:3</c>, <c>-ERR …</c>); a string answer without its length.</returns>
    public async Task<string> CommandAsync(string command)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port, limit.Token);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream);
        await writer.WriteAsync($"{command}\r\n");
        await writer.FlushAsync(limit.Token);
        var line = await reader.ReadLineAsync(limit.Token) ?? throw new EndOfStreamException($"Redis closed on {command}");
        return line.StartsWith('$') && line != "$-1" ? (await reader.ReadLineAsync(limit.Token))! : line;
    }

    /// <summary>The counter as Redis has it; 0 when there is none.</summary>
    public async Task<long> HitsAsync()
    {
        var answer = await CommandAsync("GET hits");
        return answer == "$-1" ? 0 : long.Parse(answer);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(Signal.Kill);
        _folder.Dispose();
    }
}
