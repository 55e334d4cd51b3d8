using Hits;
using Microsoft.Extensions.Time.Testing;

namespace Descarte.Tests.Hits;

public class StoreLogTests
{
    readonly FakeTimeProvider _time = new();
    readonly RecordingLogger _logger = new();
    readonly StoreLog _log;

    public StoreLogTests() => _log = new StoreLog("Redis at r:1", _logger, _time);

    [Fact]
    public void An_outage_is_one_line_however_many_fail_and_for_whatever_reason()
    {
        for (var request = 0; request < 1000; request++)
        {
            Assert.Null(_log.OutOfReach(request % 2 == 0 ? "no connection" : "no answer in time"));
            Assert.Null(_log.OutOfReach());
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(["Redis at r:1 cannot count: no connection. Hits are answered with 503 until it can"], _logger.Lines);
    }

    [Fact]
    public void It_is_told_again_every_half_minute_with_the_reason_of_then()
    {
        Assert.True(_log.IsDue);
        _log.OutOfReach("no connection");
        Assert.False(_log.IsDue);
        _time.Advance(StoreLog.AgainAfter);
        Assert.True(_log.IsDue);
        _log.OutOfReach("the disk is full");
        Assert.False(_log.IsDue);
        Assert.Equal(2, _logger.Lines.Count);
        Assert.Contains("the disk is full", _logger.Lines[1]);
    }

    [Fact]
    public void It_is_over_when_the_store_has_counted_and_nothing_has_failed_for_a_second()
    {
        _log.OutOfReach("no connection");
        _time.Advance(StoreLog.SteadyAfter);
        _log.Counted();
        _time.Advance(StoreLog.SteadyAfter);
        Assert.Equal("Redis at r:1 counts again", _logger.Lines[^1]);
        _log.OutOfReach("no connection");
        Assert.Equal(3, _logger.Lines.Count);
    }

    [Fact]
    public void A_store_that_answers_some_and_not_others_does_not_come_and_go()
    {
        for (var request = 0; request < 250; request++)
        {
            _log.OutOfReach("no answer in time");
            _log.Counted();
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Single(_logger.Lines);
        _time.Advance(StoreLog.SteadyAfter);
        _log.Counted();
        _time.Advance(StoreLog.SteadyAfter);
        Assert.Equal("Redis at r:1 counts again", _logger.Lines[^1]);
    }

    [Fact]
    public void Nothing_is_told_of_a_store_that_answers()
    {
        _log.Counted();
        _time.Advance(StoreLog.SteadyAfter);
        Assert.Empty(_logger.Lines);
    }
}
