using Descarte.Conformance.Experiments;
using Descarte.Conformance.Reports;

namespace Descarte.Cli.Prove;

/// <summary>A line on a terminal that says what is done now, and is gone afterwards; nothing where nobody watches.</summary>
sealed class ProgressLine : IDisposable
{
    const string ClearLine = "\r\e[2K";

    readonly bool _watched = !Console.IsErrorRedirected;

    public void Show(Progress progress)
    {
        if (_watched)
        {
            Console.Error.Write($"{ClearLine}{Text(progress)} …");
        }
    }

    public void Dispose()
    {
        if (_watched)
        {
            Console.Error.Write(ClearLine);
        }
    }

    static string Text(Progress progress) => $"{Words.Of(progress.Experiment)}, round {progress.Round + 1}";
}
