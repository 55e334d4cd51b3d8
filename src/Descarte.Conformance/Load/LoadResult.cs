using Descarte.Conformance.Client;

namespace Descarte.Conformance.Load;

/// <summary>Everything that the clients of a load saw.</summary>
public sealed record LoadResult(IReadOnlyList<Exchange> Exchanges)
{
    /// <summary>How many requests ended so.</summary>
    public int Count(Outcome outcome) => Exchanges.Count(exchange => exchange.Outcome == outcome);

    /// <summary>The lost ones.</summary>
    public IReadOnlyList<Exchange> Lost => [.. Exchanges.Where(exchange => exchange.Outcome.IsLost())];

    /// <summary>How many got a whole answer, 503 not counted.</summary>
    public int Answered => Exchanges.Count(exchange => exchange.Outcome is Outcome.Answered or Outcome.AnsweredThenReset);

    /// <summary>Requests that may have had an effect: all that were written, as far as the client knows.</summary>
    public int Attempted => Exchanges.Count(exchange => exchange.WrittenAt != 0);

    /// <summary>The numbers in the answers with status 200.</summary>
    public IEnumerable<long> Numbers => Exchanges.Where(exchange => exchange.Status == 200 && exchange.Number is not null).Select(exchange => exchange.Number!.Value);

    /// <summary>One line: how many requests ended how.</summary>
    public override string ToString() =>
        string.Join(", ", Exchanges.CountBy(exchange => exchange.Outcome).OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} {pair.Key}"));
}
