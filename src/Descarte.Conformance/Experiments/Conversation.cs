using System.Diagnostics;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Experiments;

/// <summary>One connection with one request whose steps an experiment takes one by one.</summary>
sealed class Conversation
{
    static readonly TimeSpan TakenLimit = TimeSpan.FromSeconds(2);

    readonly Act _act;
    readonly Http1Connection _connection;
    readonly Role _role;
    readonly string _path;
    readonly long _startedAt;
    bool _taken;
    long? _bodyBefore;

    Conversation(Act act, Http1Connection connection, Role role, string path, long startedAt) =>
        (_act, _connection, _role, _path, _startedAt) = (act, connection, role, path, startedAt);

    public Http1Connection Connection => _connection;

    /// <summary>Connects once.</summary>
    /// <returns>Null when there was no connection.</returns>
    public static async Task<Conversation?> OpenAsync(Act act, Role role, string path, TimeSpan limit, CancellationToken cancellation, int receiveBuffer = 0)
    {
        var startedAt = act.Stage.Clock.Now;
        var (connection, _) = await Http1Connection.OpenAsync(act.Target with { ReceiveBuffer = receiveBuffer }, limit, cancellation);
        return connection is null ? null : new Conversation(act, connection, role, path, startedAt);
    }

    public Task WriteAsync(CancellationToken cancellation) => WriteAsync(_act.Stage.Get(_path).ToBytes(_act.Target), cancellation);

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => await _connection.WriteAsync(bytes, cancellation);

    /// <summary>Reads until so much of the body is there, and stops half way. A response that has ended by then was none to stop in.</summary>
    public async Task ReadSomeAsync(long length, CancellationToken cancellation)
    {
        _connection.Begin();
        using var limit = Limited(cancellation);
        await _connection.ReceiveMoreAsync(length, limit.Token);
        _bodyBefore = _connection.Response.IsComplete ? null : _connection.Response.BodyLength;
    }

    /// <summary>Waits until the system shows that the subject has accepted these connections and read all that was sent on them.</summary>
    public static async Task AwaitTakenAsync(IReadOnlyList<Conversation> conversations, CancellationToken cancellation)
    {
        for (var limit = Stopwatch.StartNew(); conversations.Any(conversation => !conversation._taken) && limit.Elapsed < TakenLimit;)
        {
            LookTaken(conversations);
            await Task.Delay(5, cancellation);
        }
    }

    /// <summary>Reads the response and, if it said so or the client went on talking, until the server closes; records it and closes.</summary>
    public Task ReceiveAsync(int client, CancellationToken cancellation)
    {
        _connection.Begin();
        return ReceiveRestAsync(client, cancellation);
    }

    /// <summary>The same, of a response that was half read.</summary>
    public async Task ReceiveRestAsync(int client, CancellationToken cancellation)
    {
        using var limit = Limited(cancellation);
        var outcome = await _connection.ReceiveMoreAsync(long.MaxValue, limit.Token);
        var seen = Visit.Seen(_act.Stage, _connection, _role, _path, _startedAt) with { Client = client, Taken = _taken, BodyBefore = _bodyBefore };
        if (outcome.IsAnswered() && (_connection.Response.MustClose || _role == Role.Talkative) && await _connection.ReadEndAsync(limit.Token) == Outcome.Reset)
        {
            outcome = Outcome.AnsweredThenReset;
        }

        _act.Add(seen with { Outcome = outcome });
        await _connection.DisposeAsync();
    }

    /// <summary>One request and its answer, of which nothing is kept but that there was one.</summary>
    public async Task AskAsync(CancellationToken cancellation)
    {
        using var limit = Limited(cancellation);
        await _connection.SendAsync(_act.Stage.Get(_path), limit.Token);
    }

    /// <summary>Says nothing more and waits for the end of the connection; records it.</summary>
    public async Task HearEndAsync(int client, CancellationToken cancellation)
    {
        using var limit = Limited(cancellation);
        var outcome = await _connection.ReadEndAsync(limit.Token);
        _act.Add(Visit.Seen(_act.Stage, _connection, _role, _path, _startedAt) with { Client = client, Outcome = outcome, EndedAt = _act.Stage.Clock.Now });
        await _connection.DisposeAsync();
    }

    /// <summary>Reads WebSocket frames until the connection ends, answers a close frame, and records it.</summary>
    public async Task HearFramesAsync(int client, CancellationToken cancellation)
    {
        using var limit = Limited(cancellation);
        var frames = new WebSocketFrames();
        var answered = false;
        Outcome end;
        while ((end = await _connection.ReadEndAsync(limit.Token)) == Outcome.Malformed)
        {
            if (!frames.Feed(await _connection.ReadBytesAsync(limit.Token)))
            {
                break;
            }

            if (!answered && frames.CloseCode is { } code)
            {
                answered = true;
                await _connection.WriteAsync(WebSocketFrames.Close(code), limit.Token);
            }
        }

        _act.Add(Visit.Seen(_act.Stage, _connection, _role, _path, _startedAt) with
        {
            Client = client, Outcome = end, CloseCode = frames.CloseCode, EndedAt = _act.Stage.Clock.Now,
        });
        await _connection.DisposeAsync();
    }

    static void LookTaken(IReadOnlyList<Conversation> conversations)
    {
        var rows = TcpTable.Read(conversations[0]._act.Life.Id);
        foreach (var conversation in conversations)
        {
            var port = (conversation._act.Target.EndPoint as System.Net.IPEndPoint)?.Port;
            conversation._taken |= rows.Exists(row =>
                !row.Listens && row.Local.Port == port && row.RemotePort == conversation._connection.LocalPort && row is { Inode: not 0, Unread: 0 });
        }
    }

    CancellationTokenSource Limited(CancellationToken cancellation)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_act.Stage.Grace + TimeSpan.FromSeconds(5));
        return limit;
    }
}
