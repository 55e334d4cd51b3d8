using Descarte.Conformance.Clauses;

namespace Descarte.Conformance.Judging;

/// <summary>What the judge says of a clause.</summary>
public enum Verdict
{
    /// <summary>Everything that was seen is as the clause wants it.</summary>
    Pass,

    /// <summary>Nothing is broken, but it is not as it should be either.</summary>
    Warning,

    /// <summary>Something that was seen breaks the clause.</summary>
    Fail,

    /// <summary>The clause is about something that this subject, profile or run does not have. Never a pass.</summary>
    NotApplicable,

    /// <summary>What was seen decides nothing: the machine paused, or it did not come to what was to be seen.</summary>
    Inconclusive,
}

/// <summary>Which of the two ways to leave a load balancer the subject is meant to go.</summary>
public enum Profile
{
    /// <summary>Refuse new connections at once.</summary>
    Strict,

    /// <summary>Fail readiness, keep serving a while, then refuse.</summary>
    LameDuck,
}

/// <summary>A verdict and the figures behind it.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Observed">What was seen, in one sentence.</param>
/// <param name="Trials">The numbers of the trials that show it; of a failure, those that failed.</param>
public sealed record Finding(Verdict Verdict, string Observed, IReadOnlyList<int> Trials)
{
    /// <summary>A finding that no trial shows.</summary>
    public Finding(Verdict verdict, string observed) : this(verdict, observed, [])
    {
    }
}

/// <summary>A clause and what was found.</summary>
public sealed record ClauseResult(Clause Clause, Finding Finding)
{
    /// <summary>The verdict.</summary>
    public Verdict Verdict => Finding.Verdict;

    /// <summary>The title, or of a failure the failure title.</summary>
    public string Title => Verdict == Verdict.Fail ? Clause.FailureTitle : Clause.Title;
}
