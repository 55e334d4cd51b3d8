using System.Net.Sockets;
using Descarte.Conformance.Client;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Load;

namespace Descarte.Conformance.Experiments;

/// <summary>Single requests, and what is recorded of them.</summary>
static class Visit
{
    /// <summary>One request on a connection of its own.</summary>
    public static async Task<Sighting> OnceAsync(Act act, Role role, string path, CancellationToken cancellation, TimeSpan? limit = null, Request? request = null)
    {
        var stage = act.Stage;
        var startedAt = stage.Clock.Now;
        var time = limit ?? stage.Grace + TimeSpan.FromSeconds(5);
        var (connection, failure) = await Http1Connection.OpenAsync(act.Target, time, cancellation);
        if (connection is null)
        {
            return new Sighting { Role = role, Outcome = failure, StartedAt = startedAt, EndedAt = stage.Clock.Now };
        }

        await using (connection)
        {
            using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            giveUp.CancelAfter(time);
            var outcome = await connection.SendAsync((request ?? stage.Get(path)).With("Connection", "close"), giveUp.Token);
            stage.Server ??= connection.Response.Header("Server");
            return Seen(stage, connection, role, path, startedAt) with { Outcome = outcome };
        }
    }

    /// <summary>What is known of a connection's last request.</summary>
    public static Sighting Seen(Stage stage, Http1Connection connection, Role role, string path, long startedAt) => new()
    {
        Role = role,
        Status = connection.Response.Status == 0 ? null : connection.Response.Status,
        CloseAnnounced = connection.Response.CloseAnnounced,
        Counts = stage.IsCounter(path),
        Number = connection.Response.IsComplete && stage.IsCounter(path) ? stage.Number(connection.Response.Body) : null,
        BodyLength = connection.Response.HasBytes ? connection.Response.BodyLength : null,
        StartedAt = startedAt,
        ConnectedAt = stage.Clock.At(connection.ConnectedAt),
        WrittenAt = stage.Clock.AtOrNull(connection.WrittenAt),
        FirstByteAt = stage.Clock.AtOrNull(connection.FirstByteAt),
        EndedAt = connection.EndedAt == 0 ? stage.Clock.Now : stage.Clock.At(connection.EndedAt),
    };

    /// <summary>What the clients of a load saw.</summary>
    /// <param name="stage">The run.</param>
    /// <param name="result">Of the load.</param>
    /// <param name="firstClient">The number of its first client.</param>
    /// <param name="over">When the load was ended while the subject went on: who was still connecting then gave up by himself, and that is nobody's loss.</param>
    public static IEnumerable<Sighting> Seen(Stage stage, LoadResult result, int firstClient = 0, long over = long.MaxValue) => result.Exchanges
        .Select(exchange => Seen(stage, exchange, firstClient))
        .Where(sighting => sighting.Outcome != Outcome.ConnectTimedOut || sighting.EndedAt < over);

    /// <summary>One request of a load.</summary>
    static Sighting Seen(Stage stage, Exchange exchange, int firstClient) => new()
    {
        Role = Role.Load,
        Client = exchange.Client + firstClient,
        Port = exchange.LocalPort,
        Outcome = exchange.Outcome,
        Status = exchange.Status == 0 ? null : exchange.Status,
        Reused = exchange.Reused,
        CloseAnnounced = exchange.CloseAnnounced,
        Counts = stage.IsCounter(stage.LoadPath),
        Number = exchange.Number,
        StartedAt = stage.Clock.At(exchange.StartedAt),
        ConnectedAt = stage.Clock.AtOrNull(exchange.ConnectedAt),
        LookedAt = stage.Clock.AtOrNull(exchange.LookedAt),
        WrittenAt = stage.Clock.AtOrNull(exchange.WrittenAt),
        FirstByteAt = stage.Clock.AtOrNull(exchange.FirstByteAt),
        EndedAt = stage.Clock.At(exchange.EndedAt),
    };

    /// <summary>The first of the name's addresses at which somebody accepts connections; null when nobody does.</summary>
    public static async Task<Target?> FirstHeldAsync(Target named)
    {
        foreach (var target in named.All)
        {
            if (await IsHeldAsync(target))
            {
                return target;
            }
        }

        return null;
    }

    /// <summary>Whether anybody accepts connections there.</summary>
    public static async Task<bool> IsHeldAsync(Target target)
    {
        using var socket = new Socket(target.EndPoint.AddressFamily, SocketType.Stream, target.IsUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await socket.ConnectAsync(target.EndPoint, limit.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            // A full queue drops connections: there is one, and somebody has it.
            return true;
        }
    }
}
