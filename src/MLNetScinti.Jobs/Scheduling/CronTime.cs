using System.Globalization;
using MLNetScinti.Imaging;
using Quartz;

namespace MLNetScinti.Jobs.Scheduling;

/// <summary>What happens about times that passed while no node ran, or while all were busy.</summary>
public enum MisfireRule
{
    /// <summary>One run makes up for all of them, as soon as there is a node.</summary>
    Once,

    /// <summary>They are left out; the next time is the next of the plan.</summary>
    Skip,

    /// <summary>Each of them is made up for, one run after the other.</summary>
    All,
}

/// <summary>When a job is due: a cron expression of five fields, as crontab(5) has it, in a time zone.</summary>
public sealed record CronTime
{
    private static readonly string[] s_fields = ["minute", "hour", "day of the month", "month", "day of the week"];
    private static readonly string[] s_ranges = ["0 to 59", "0 to 23", "1 to 31", "1 to 12 or JAN to DEC", "0 to 7 (0 and 7 are Sunday) or SUN to SAT"];

    private CronTime(string text, CronExpression expression)
    {
        Text = text;
        Expression = expression;
    }

    /// <summary>The five fields as they were given.</summary>
    public string Text { get; }

    /// <summary>The name of the time zone, such as "Europe/Berlin".</summary>
    public string Zone => Expression.TimeZone.Id;

    internal CronExpression Expression { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">Minute, hour, day of the month, month, day of the week; or a word such as "@weekly".</param>
    /// <param name="zone">The time zone's name in the IANA data base; null for this machine's.</param>
    /// <exception cref="ScheduleException">It is none, or never comes.</exception>
    public static CronTime Of(string text, string? zone = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        TimeZoneInfo place = Zoned(zone);
        if (!CronExpression.TryParse(text, CronFormat.Unix, out CronExpression? read))
        {
            throw new ScheduleException($"--cron '{PlainText.Short(text)}': {Fault(text)}.");
        }

        CronExpression expression = read.WithTimeZone(place);
        return expression.GetNextValidTimeAfter(DateTimeOffset.UnixEpoch) is null
            ? throw new ScheduleException($"--cron '{PlainText.Short(text)}': this day never comes: look at day of the month and month.")
            : new(text, expression);
    }

    /// <summary>The times that come, in UTC.</summary>
    /// <param name="after">After this instant.</param>
    public IEnumerable<DateTimeOffset> Times(DateTimeOffset after)
    {
        while (Expression.GetNextValidTimeAfter(after) is { } next)
        {
            yield return next;
            after = next;
        }
    }

    /// <summary>Reads the name of a rule for missed times.</summary>
    /// <exception cref="ScheduleException">It is none.</exception>
    public static MisfireRule RuleOf(string name) => Enum.TryParse(name, ignoreCase: true, out MisfireRule rule) && Enum.IsDefined(rule) && !char.IsAsciiDigit(name[0])
        ? rule
        : throw new ScheduleException($"--misfire '{PlainText.Short(name)}': expected once (one run makes up for all times that were missed), skip (they are left out) or all (a run for each).");

    internal CronScheduleBuilder Builder(MisfireRule rule) => CronScheduleBuilder.Create(Expression).WithMisfireInstruction(rule switch
    {
        MisfireRule.Skip => CronTriggerMisfireInstruction.DoNothing,
        MisfireRule.All => CronTriggerMisfireInstruction.IgnoreMisfires,
        _ => CronTriggerMisfireInstruction.FireAndProceed,
    });

    private static TimeZoneInfo Zoned(string? zone)
    {
        if (zone is null)
        {
            return TimeZoneInfo.Local;
        }

        // By the name of the data base alone: other machines have to find it too.
        return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out TimeZoneInfo? found) ? found
            : throw new ScheduleException($"--time-zone '{PlainText.Short(zone)}': expected the name of a time zone such as Europe/Berlin or UTC, found none of this name on this machine.");
    }

    // Each field alone beside stars, so that the one is named that is wrong.
    private static string Fault(string text)
    {
        string[] fields = text.Split(' ');
        if (text.StartsWith('@'))
        {
            return "expected @yearly, @monthly, @weekly, @daily or @hourly, or five fields";
        }

        if (fields.Length != 5)
        {
            return string.Create(CultureInfo.InvariantCulture, $"expected five fields (minute, hour, day of the month, month, day of the week), found {(text.Length == 0 ? 0 : fields.Length)}{(fields.Length is 6 or 7 ? "; seconds and years are not taken" : "")}");
        }

        for (int i = 0; i < 5; i++)
        {
            string[] alone = ["*", "*", "*", "*", "*"];
            alone[i] = fields[i];
            if (!CronExpression.TryParse(string.Join(' ', alone), CronFormat.Unix, out _))
            {
                return $"the {s_fields[i]} '{PlainText.Short(fields[i], 40)}' is none: expected {s_ranges[i]}, lists (1,3), ranges (1-5), steps (*/15) or *";
            }
        }

        return "the fields do not go together: see crontab(5)";
    }
}
