using Descarte.Conformance.Evidence;

namespace Descarte.Conformance.Diagnosing;

/// <summary>A probable cause of what was seen.</summary>
/// <param name="Cause">In one sentence.</param>
/// <param name="Facts">What points to it: at least two, independent of each other.</param>
/// <param name="Remedy">What to do.</param>
public sealed record Diagnosis(string Cause, IReadOnlyList<string> Facts, string Remedy)
{
    /// <summary>The causes that a recording points to.</summary>
    public static IReadOnlyList<Diagnosis> Of(Recording recording)
    {
        var symptoms = new Symptoms(recording);
        return [.. Causes.All.Select(cause => cause(symptoms)).Where(diagnosis => diagnosis is { Facts.Count: >= 2 }).Select(diagnosis => diagnosis!)];
    }
}
