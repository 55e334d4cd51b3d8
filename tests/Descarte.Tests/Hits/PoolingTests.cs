using Hits;

namespace Descarte.Tests.Hits;

/// <summary>What Hits tells its pool.</summary>
public class PoolingTests
{
    [Theory]
    [InlineData("00:00:30", 30)]
    [InlineData("00:00:00.5", 0.5)]
    [InlineData("00:00:00", 10)]
    [InlineData("2.00:00:00", 10)]
    [InlineData("soon", 10)]
    public void Workers_have_the_grace_period_that_their_drain_is_told(string set, double seconds)
    {
        var pool = new ProcessPoolOptions();
        Pooling.Configure(pool, [$"--Descarte:GracePeriod={set}"]);
        Assert.Equal(TimeSpan.FromSeconds(seconds), pool.GracePeriod);
    }
}
