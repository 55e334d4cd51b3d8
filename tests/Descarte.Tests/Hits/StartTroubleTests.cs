using Hits;

namespace Descarte.Tests.Hits;

public class StartTroubleTests
{
    [Fact]
    public void A_chain_of_exceptions_is_one_line_from_what_to_why()
    {
        var exception = new InvalidDataException(
            "Failed to load 'a.json'.", new FormatException("Could not parse it.\nSee https://example.com.", new InvalidDataException("Failed to load 'a.json'")));
        Assert.Equal("Failed to load 'a.json': Could not parse it", StartTrouble.Line(exception));
    }

    [Fact]
    public void A_defect_is_not_taken_for_a_bad_setting() => Assert.False(StartTrouble.IsOfSettings(new NotSupportedException()));
}
