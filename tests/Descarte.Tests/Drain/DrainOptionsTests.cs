namespace Descarte.Tests.Drain;

public class DrainOptionsTests
{
    [Theory]
    [InlineData("00:00:10", "00:00:09", "00:00:09.5")]
    [InlineData("00:01:00", "00:00:59", "00:00:59.5")]
    [InlineData("00:00:01", "00:00:00.9", "00:00:00.95")]
    public void Deadlines_lie_before_the_end_of_the_grace_period(string grace, string cut, string exit)
    {
        var options = new DrainOptions { GracePeriod = TimeSpan.Parse(grace) };
        Assert.Equal((TimeSpan.Parse(cut), TimeSpan.Parse(exit)), (options.CutAfter, options.ExitAfter));
    }

    [Theory]
    [InlineData("00:00:00", "00:00:00", "Descarte:GracePeriod: '00:00:00' is not a grace period")]
    [InlineData("2.00:00:00", "00:00:00", "Descarte:GracePeriod: '2.00:00:00' is not a grace period")]
    [InlineData("00:00:10", "00:00:09", "Descarte:LameDuck: '00:00:09' does not fit the grace period of 00:00:10")]
    [InlineData("00:00:10", "-00:00:01", "Descarte:LameDuck: '-00:00:01' does not fit")]
    public void Options_that_cannot_work_are_refused_by_name(string grace, string lameDuck, string message)
    {
        var options = new DrainOptions { GracePeriod = TimeSpan.Parse(grace), LameDuck = TimeSpan.Parse(lameDuck) };
        Assert.StartsWith(message, new DrainOptionsValidator<DrainOptions>().Validate(null, options).FailureMessage);
    }

    [Fact]
    public void Http_times_and_paths_are_checked_too()
    {
        var validator = new HttpDrainOptionsValidator();
        Assert.StartsWith("Descarte:IdleLinger", validator.Validate(null, new HttpDrainOptions { IdleLinger = TimeSpan.FromHours(1) }).FailureMessage);
        Assert.StartsWith("Descarte:ReadinessPath", validator.Validate(null, new HttpDrainOptions { ReadinessPath = "readyz" }).FailureMessage);
        Assert.True(validator.Validate(null, new HttpDrainOptions { LivenessPath = null }).Succeeded);
    }
}
