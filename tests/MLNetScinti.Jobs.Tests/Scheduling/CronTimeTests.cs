using System.Globalization;
using MLNetScinti.Jobs.Scheduling;
using Xunit;

namespace MLNetScinti.Jobs.Tests.Scheduling;

public sealed class CronTimeTests
{
    [Theory]
    [InlineData("0 2 * * SUN", "2026-12-06 01:00", "2026-12-13 01:00")]
    [InlineData("0 2 * * 0", "2026-12-06 01:00", "2026-12-13 01:00")]
    [InlineData("0 2 * * 7", "2026-12-06 01:00", "2026-12-13 01:00")]
    [InlineData("*/20 8-9 * * 1-5", "2026-11-30 07:00", "2026-11-30 07:20")]
    // Day of the month and day of the week both given: either, as crontab(5) says.
    [InlineData("0 2 1 * MON", "2026-11-30 01:00", "2026-12-01 01:00")]
    [InlineData("  0   2  *  * sun ", "2026-12-06 01:00", "2026-12-13 01:00")]
    [InlineData("@weekly", "2026-12-05 23:00", "2026-12-12 23:00")]
    public void ATimeIsReadAsCrontabHasIt(string text, string first, string second) =>
        Assert.Equal([first, second], Utc(CronTime.Of(text, "Europe/Berlin"), "2026-11-29 12:00", 2));

    [Theory]
    [InlineData("0 25 * * *", "the hour '25' is none: expected 0 to 23")]
    [InlineData("61 2 * * *", "the minute '61' is none: expected 0 to 59")]
    [InlineData("0 2 32 * *", "the day of the month '32' is none")]
    [InlineData("0 2 * 13 *", "the month '13' is none")]
    [InlineData("0 2 * * SUNDAY", "the day of the week 'SUNDAY' is none")]
    [InlineData("*/0 * * * *", "the minute '*/0' is none")]
    [InlineData("a b c d e", "the minute 'a' is none")]
    [InlineData("0 2 * *", "expected five fields (minute, hour, day of the month, month, day of the week), found 4")]
    [InlineData("0 0 2 * * SUN", "found 6; seconds and years are not taken")]
    [InlineData("", "found 0")]
    [InlineData("@reboot", "expected @yearly, @monthly, @weekly, @daily or @hourly")]
    [InlineData("0 2 31 2 *", "this day never comes")]
    public void WhatIsNoTimeIsRefusedWithTheFieldThatIsWrong(string text, string said)
    {
        ScheduleException refused = Assert.Throws<ScheduleException>(() => CronTime.Of(text, "UTC"));
        Assert.StartsWith("--cron '", refused.Message, StringComparison.Ordinal);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void AZoneThatIsNotThereIsRefused() =>
        Assert.Contains("Europe/Berlin", Assert.Throws<ScheduleException>(() => CronTime.Of("0 2 * * *", "Europe/Atlantis")).Message, StringComparison.Ordinal);

    [Fact]
    public void AnHourThatTheClockLeavesOutComesAtItsEndAndOneThatComesTwiceIsTakenOnce()
    {
        CronTime time = CronTime.Of("30 2 * * *", "Europe/Berlin");
        Assert.Equal(["2026-03-28 01:30", "2026-03-29 01:00", "2026-03-30 00:30"], Utc(time, "2026-03-27 12:00", 3));
        Assert.Equal(["2026-10-24 00:30", "2026-10-25 00:30", "2026-10-26 01:30"], Utc(time, "2026-10-23 12:00", 3));
    }

    [Theory]
    [InlineData("once", MisfireRule.Once)]
    [InlineData("skip", MisfireRule.Skip)]
    [InlineData("all", MisfireRule.All)]
    public void ARuleForMissedTimesHasAName(string name, MisfireRule rule) => Assert.Equal(rule, CronTime.RuleOf(name));

    [Theory]
    [InlineData("never")]
    [InlineData("1")]
    [InlineData("")]
    public void AnotherRuleIsRefused(string name) => Assert.Contains("expected once", Assert.Throws<ScheduleException>(() => CronTime.RuleOf(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void LimitsAreReadWithTheirUnits()
    {
        Assert.Equal((8_000_000_000, 8L << 30, 1_500_000), (JobLimits.MemoryOf("8GB"), JobLimits.MemoryOf("8 GiB"), JobLimits.MemoryOf("1.5 MB")));
        Assert.Equal((90, 6 * 3600), ((int)JobLimits.TimeOf("90s").TotalSeconds, (int)JobLimits.TimeOf("6h").TotalSeconds));
        foreach (string none in (string[])["8", "GB", "-1GB", "8 bytes", "1e3GB", "99999999TB"])
        {
            Assert.Contains("--max-memory", Assert.Throws<ScheduleException>(() => JobLimits.MemoryOf(none)).Message, StringComparison.Ordinal);
        }

        foreach (string none in (string[])["6", "h", "-6h", "6 hours", "0s", "99999999d"])
        {
            Assert.Contains("--max-time", Assert.Throws<ScheduleException>(() => JobLimits.TimeOf(none)).Message, StringComparison.Ordinal);
        }
    }

    private static string[] Utc(CronTime time, string after, int count) =>
        [.. time.Times(DateTimeOffset.Parse(after, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)).Take(count).Select(one => one.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture))];
}
