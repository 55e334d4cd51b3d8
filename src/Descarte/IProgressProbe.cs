namespace Descarte;

/// <summary>A part of the process that can tell whether it really makes progress. Asked from the watchdog's own thread.</summary>
interface IProgressProbe
{
    /// <summary>True when the part has made progress since the last call, or had nothing to do.</summary>
    bool MakesProgress();
}
