namespace Descarte.Conformance.Judging;

/// <summary>What one trial says of a clause.</summary>
/// <param name="Trial">Its number.</param>
/// <param name="Verdict">What it says.</param>
/// <param name="Text">In a sentence.</param>
/// <param name="Suspect">Whether it looks like a failure, and is none only because something else may be to blame: a machine that paused, say.</param>
readonly record struct Round(int Trial, Verdict Verdict, string Text, bool Suspect = false);

/// <summary>What several say together.</summary>
static class Rounds
{
    /// <summary>
    /// A failure in one round is a failure, however often it went well. Rounds in which the machine paused do not count, but at least half of them have to; and
    /// where one of them looked like a failure, the others are no pass.
    /// A result that differs between rounds is shown as such.
    /// </summary>
    public static Finding Together(IEnumerable<Round> rounds, string nothing)
    {
        var all = rounds.ToList();
        if (all.Count == 0)
        {
            return new Finding(Verdict.Inconclusive, nothing);
        }

        if (all.TrueForAll(round => round.Verdict == Verdict.NotApplicable))
        {
            return new Finding(Verdict.NotApplicable, all[0].Text);
        }

        var decided = all.Where(round => round.Verdict != Verdict.Inconclusive).ToList();
        var worst = decided.Exists(round => round.Verdict == Verdict.Fail) ? Verdict.Fail
            : decided.Count * 2 < all.Count || all.Exists(round => round.Suspect) ? Verdict.Inconclusive
            : decided.Exists(round => round.Verdict == Verdict.Warning) ? Verdict.Warning
            : Verdict.Pass;
        var showing = all.Where(round => round.Verdict == worst).ToList();
        var text = worst == Verdict.Pass ? decided[^1].Text : showing.Find(round => round.Suspect).Text ?? showing[0].Text;
        if (showing.Count < all.Count)
        {
            text = $"{text} ({Share(showing.Count, all.Count)})";
        }

        return new Finding(worst, text, [.. showing.Select(round => round.Trial)]);
    }

    static string Share(int some, int all) => $"in {some} of {Figures.Count(all, "round")}";
}
