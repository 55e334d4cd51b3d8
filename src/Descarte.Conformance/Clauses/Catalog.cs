namespace Descarte.Conformance.Clauses;

/// <summary>All clauses.</summary>
public static class Catalog
{
    /// <summary>In the order of their ids.</summary>
    public static IReadOnlyList<Clause> All { get; } =
    [
        .. Section1.Clauses, .. Section2.Clauses, .. Section3.Clauses, .. Section4.Clauses, .. Section5.Clauses, Http2Clause.Clause, .. Section6.Clauses, .. Section7.Clauses, .. Section8.Clauses, .. Section9.Clauses, .. Section10.Clauses, .. Section11.Clauses, .. Section12.Clauses,
    ];

    /// <summary>The sections by their number.</summary>
    public static IReadOnlyDictionary<string, string> Sections { get; } = new Dictionary<string, string>
    {
        ["1"] = "Start",
        ["2"] = "Stop",
        ["3"] = "The door",
        ["4"] = "Work in flight",
        ["5"] = "Connections",
        ["6"] = "Connections that last",
        ["7"] = "What is left",
        ["8"] = "Again",
        ["9"] = "The count",
        ["10"] = "The container",
        ["11"] = "Several processes",
        ["12"] = "Disturbance",
    };

    /// <summary>The clause of this id; null when there is none.</summary>
    public static Clause? Find(string id) => All.FirstOrDefault(clause => clause.Id == id);

    /// <summary>The section that a clause is in.</summary>
    public static string SectionOf(Clause clause) => clause.Id[..clause.Id.IndexOf('.', StringComparison.Ordinal)];
}
