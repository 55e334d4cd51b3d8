using System.Globalization;
using Descarte.Conformance.Evidence;
using Descarte.Conformance.Subjects;

namespace Descarte.Conformance.Machine;

/// <summary>
/// Notices when a subject wants to run and gets no processor, as the scheduler itself counts it (/proc/PID/task/TID/schedstat): what is slow
/// because of that is not the subject's fault.
/// </summary>
sealed class RunDelay : IDisposable
{
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>In microseconds, of one step: below it nothing is recorded.</summary>
    const long Smallest = 1_000;

    readonly Tree _tree;
    readonly Clock _clock;
    readonly HiccupMeter _meter;
    readonly Thread _thread;
    readonly Dictionary<string, long> _waited = [];
    volatile bool _stopping;

    public RunDelay(Tree tree, Clock clock, HiccupMeter meter)
    {
        (_tree, _clock, _meter) = (tree, clock, meter);
        _thread = new Thread(Run) { IsBackground = true, Name = "run delay" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    void Run()
    {
        var last = _clock.Now;
        while (!_stopping)
        {
            Thread.Sleep(Step);
            var waited = _tree.Known.Sum(Waited);
            var now = _clock.Now;

            // Threads wait side by side: all of them together no longer than the time that passed.
            waited = Math.Min(waited, now - last);
            if (waited > Smallest)
            {
                _meter.Add(new Pause(now - waited, now));
            }

            last = now;
        }
    }

    // How much longer this process has waited than at the last look, in microseconds.
    long Waited(int process)
    {
        var waited = 0L;
        try
        {
            foreach (var task in Directory.EnumerateDirectories($"/proc/{process}/task"))
            {
                // "1234 5678 9": nanoseconds on a processor, nanoseconds waiting for one, time slices.
                var fields = File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ');
                var total = long.Parse(fields[1], CultureInfo.InvariantCulture) / 1_000;
                waited += total - _waited.GetValueOrDefault(task);
                _waited[task] = total;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or a kernel that does not count it.
        }

        return waited;
    }
}
