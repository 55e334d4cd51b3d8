using Descarte.Conformance.Evidence;
using Descarte.Conformance.Machine;

namespace Descarte.Conformance.Experiments;

/// <summary>Looks at the hinted paths while nothing is stopped, so that a wrong hint is not taken for a fault of the subject.</summary>
static class Calibrate
{
    public static async Task RunAsync(Stage stage, CancellationToken cancellation)
    {
        await using var act = await stage.StartAsync(Experiment.Calibration, 0, cancellation);
        if (!act.IsReady)
        {
            await act.FinishAsync();
            return;
        }

        var calibrations = new List<Calibration>();
        foreach (var (role, path) in new[]
        {
            (Role.Load, stage.LoadPath), (Role.Slow, stage.Settings.Slow), (Role.Upload, stage.Settings.Upload), (Role.Ready, stage.Settings.Ready),

            // Twice: does every answer have the same length?
            (Role.Download, stage.Settings.Download), (Role.Download, stage.Settings.Download),
        })
        {
            if (path is not null)
            {
                var request = role == Role.Upload ? InFlight.Upload(stage, path) : stage.Get(path);
                var seen = await Visit.OnceAsync(act, role, path, cancellation, TimeSpan.FromMinutes(1), request);
                act.Add(seen);
                calibrations.Add(new Calibration
                {
                    Role = role,
                    Status = seen.Status ?? 0,
                    FirstByte = (seen.FirstByteAt ?? seen.EndedAt) - (seen.WrittenAt ?? seen.StartedAt),
                    Whole = seen.EndedAt - (seen.WrittenAt ?? seen.StartedAt),
                    BodyLength = seen.BodyLength ?? 0,
                });
            }
        }

        stage.Calibrations = calibrations;
        act.Stop();
        await act.EndAsync(later: false, cancellation);
        await Starts.AfterFilesAsync(stage, await act.FinishAsync(), cancellation);
    }
}
