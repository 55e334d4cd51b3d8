using Descarte.Conformance.Clauses;
using Descarte.Conformance.Judging;

namespace Descarte.Conformance.Reports;

/// <summary>Names as people read them.</summary>
public static class Words
{
    /// <summary>A verdict, with what a failure weighs.</summary>
    public static string Of(ClauseResult result) => result.Verdict switch
    {
        Verdict.Fail when result.Clause.Level == Level.Should => "fail (should)",
        var verdict => Of(verdict),
    };

    /// <summary><c>LoadKept</c> is "load kept".</summary>
    public static string Of<T>(T name)
        where T : struct, Enum => string.Concat(name.ToString().Select(letter => char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : letter.ToString())).Trim();
}
