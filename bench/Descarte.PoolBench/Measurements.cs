using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Descarte.Conformance.Client;
using Descarte.Harness;

namespace Descarte.PoolBench;

/// <summary>What an idle supervisor costs.</summary>
sealed record Idle(double ResidentMebibytes, double ProportionalMebibytes, TimeSpan Processor, long WakeUps);

/// <summary>The figures of one supervisor.</summary>
static class Measurements
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>.NET lets a thread of its pool go when it has had nothing to do for 20 s.</summary>
    static readonly TimeSpan Settling = TimeSpan.FromSeconds(25);

    /// <summary>So long a worker serves before it is killed: one that dies sooner is backed off from.</summary>
    static readonly TimeSpan Life = TimeSpan.FromSeconds(1.5);

    public static async Task<Idle> IdleAsync(Contestant contestant, TimeSpan time, CancellationToken cancellation)
    {
        var port = FreePort.Next();
        await using var running = contestant.Start(port, workers: 2);
        await AnswerAsync(running, port, cancellation);

        await Task.Delay(Settling, cancellation);
        var process = running.Process.Id;
        var (processor, wakeUps) = (Proc.ProcessorTime(process), Proc.WakeUps(process));
        await Task.Delay(time, cancellation);
        return new Idle(
            Proc.ResidentMebibytes(process), Proc.ProportionalMebibytes(process), Proc.ProcessorTime(process) - processor, Proc.WakeUps(process) - wakeUps);
    }

    /// <summary>From before the exec until a client that tries without a pause is connected, in milliseconds.</summary>
    public static async Task<double> BindAsync(Contestant contestant)
    {
        var port = FreePort.Next();
        using var trying = new ManualResetEventSlim();
        var connected = Task.Factory.StartNew(() => ConnectedAt(port, trying), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        trying.Wait();
        var begun = Stopwatch.GetTimestamp();
        await using var running = contestant.Start(port, workers: 2);
        return Stopwatch.GetElapsedTime(begun, await connected).TotalMilliseconds;
    }

    /// <summary>From the SIGKILL of the only worker until its successor has answered a client that came meanwhile, in milliseconds.</summary>
    public static async Task<double[]> ReplaceAsync(Contestant contestant, int rounds, CancellationToken cancellation)
    {
        var port = FreePort.Next();
        await using var running = contestant.Start(port, workers: 1);
        await AnswerAsync(running, port, cancellation);
        var times = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            await Task.Delay(Life, cancellation);
            var worker = Proc.ChildrenOf(running.Process.Id).Single();
            var killed = Stopwatch.GetTimestamp();
            Signals.Send(worker, Signal.Kill);
            times[round] = Stopwatch.GetElapsedTime(killed, await AnswerAsync(running, port, cancellation)).TotalMilliseconds;
        }

        return times;
    }

    /// <summary>Asks, each time on a new connection, until there is an answer.</summary>
    static async Task<long> AnswerAsync(Running running, int port, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < Limit && !running.Process.HasExited)
        {
            var (connection, _) = await Http1Connection.OpenAsync(Target.Loopback(port), Limit, cancellation);
            await using (connection)
            {
                if (connection is not null && await connection.SendAsync(Request.Get(), cancellation) == Outcome.Answered)
                {
                    return connection.EndedAt;
                }
            }

            await Task.Delay(1, cancellation);
        }

        throw new TimeoutException($"No answer on port {port}:\n{running.Process.Output}\n{running.Process.Error}");
    }

    static long ConnectedAt(int port, ManualResetEventSlim trying)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < Limit)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(IPAddress.Loopback, port);
                return Stopwatch.GetTimestamp();
            }
            catch (SocketException)
            {
                trying.Set();
            }
        }

        throw new TimeoutException($"Nobody listens on port {port}");
    }
}
