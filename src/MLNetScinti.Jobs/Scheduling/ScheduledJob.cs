using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MLNetScinti.Imaging;
using Quartz;

namespace MLNetScinti.Jobs.Scheduling;

/// <summary>What a job has to keep to.</summary>
/// <param name="Memory">Bytes of memory that its process may hold; 0 for no limit.</param>
/// <param name="Time">How long a run may take; null for no limit.</param>
public sealed partial record JobLimits(long Memory, TimeSpan? Time)
{
    /// <summary>No limits.</summary>
    public static JobLimits None { get; } = new(0, null);

    /// <summary>Reads "8GB", "8 GiB", "500 MB".</summary>
    /// <exception cref="ScheduleException">It is none.</exception>
    public static long MemoryOf(string text)
    {
        Match match = MemoryForm().Match(text);
        double unit = match.Groups["unit"].Value.ToUpperInvariant() switch { "MB" => 1e6, "GB" => 1e9, "TB" => 1e12, "MIB" => 1 << 20, "GIB" => 1 << 30, _ => 1L << 40 };
        return match.Success && double.TryParse(match.Groups["number"].Value, CultureInfo.InvariantCulture, out double number) && number * unit is >= 1e6 and <= 1e15 and var bytes
            ? (long)bytes
            : throw new ScheduleException($"--max-memory '{PlainText.Short(text)}': expected a number with MB, GB, MiB or GiB, such as 8GB, from 1 MB on.");
    }

    /// <summary>Reads "90s", "45m", "6h", "2d".</summary>
    /// <exception cref="ScheduleException">It is none.</exception>
    public static TimeSpan TimeOf(string text)
    {
        Match match = TimeForm().Match(text);
        int unit = match.Groups["unit"].Value switch { "s" => 1, "m" => 60, "h" => 3600, _ => 86400 };
        return match.Success && int.TryParse(match.Groups["number"].Value, CultureInfo.InvariantCulture, out int number) && (long)number * unit is > 0 and <= 366 * 86400L and var seconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new ScheduleException($"--max-time '{PlainText.Short(text)}': expected a whole number with s, m, h or d, such as 6h, of at most a year.");
    }

    [GeneratedRegex("^(?<number>[0-9]+(\\.[0-9]+)?) ?(?<unit>[MGT]i?B)\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex MemoryForm();

    [GeneratedRegex("^(?<number>[0-9]{1,8}) ?(?<unit>[smhd])\\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TimeForm();
}

/// <summary>A job as the schedule keeps it: a command of this program, which runs as a process of its own.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The command: run, compare, score, retrain.</param>
/// <param name="File">The command's first argument with its whole path: a definition, or a model.</param>
/// <param name="Arguments">What follows it.</param>
/// <param name="Folder">The folder in which it runs, with its whole path: other paths are relative to it.</param>
public sealed partial record ScheduledJob(string Name, string Kind, string File, IReadOnlyList<string> Arguments, string Folder)
{
    /// <summary>The commands that can be jobs.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["run", "compare", "score", "retrain"];

    /// <summary>The group of work that it belongs to, which not every node need take; empty for none.</summary>
    public string Group { get; init; } = "";

    /// <summary>What it has to keep to.</summary>
    public JobLimits Limits { get; init; } = JobLimits.None;

    /// <summary>When it is due; null for only when somebody says so.</summary>
    public CronTime? Cron { get; init; }

    /// <summary>What happens about times that were missed.</summary>
    public MisfireRule Misfire { get; init; } = MisfireRule.Once;

    /// <summary>What the process is given: the command and its arguments.</summary>
    public IReadOnlyList<string> Command => [Kind, File, .. Arguments];

    internal JobKey Key => KeyOf(Name);

    internal static JobKey KeyOf(string name) => new(name, JobKey.DefaultGroup);

    /// <summary>Checks a name of a job or of a group.</summary>
    /// <exception cref="ScheduleException">It is none.</exception>
    public static string Named(string option, string text) => NameForm().IsMatch(text) ? text
        : throw new ScheduleException($"{option} '{PlainText.Short(text)}': expected a name of at most 60 letters, digits, dots, hyphens and underscores that begins with a letter or digit.");

    internal JobDataMap Data()
    {
        JobDataMap map = new()
        {
            [nameof(Kind)] = Kind,
            [nameof(File)] = File,
            [nameof(Arguments)] = JsonSerializer.Serialize(Arguments),
            [nameof(Folder)] = Folder,
            [nameof(Group)] = Group,
            [nameof(JobLimits.Memory)] = Limits.Memory.ToString(CultureInfo.InvariantCulture),
            [nameof(JobLimits.Time)] = (Limits.Time?.Ticks ?? 0).ToString(CultureInfo.InvariantCulture),
            [nameof(Cron)] = Cron?.Text ?? "",
            [nameof(CronTime.Zone)] = Cron?.Zone ?? "",
            [nameof(Misfire)] = Misfire.ToString(),
        };
        return map;
    }

    internal static ScheduledJob Of(IJobDetail detail)
    {
        JobDataMap map = detail.JobDataMap;
        long time = long.Parse(Text(nameof(JobLimits.Time)), CultureInfo.InvariantCulture);
        return new(detail.Key.Name, Text(nameof(Kind)), Text(nameof(File)), JsonSerializer.Deserialize<string[]>(Text(nameof(Arguments))) ?? [], Text(nameof(Folder)))
        {
            Group = Text(nameof(Group)),
            Limits = new(long.Parse(Text(nameof(JobLimits.Memory)), CultureInfo.InvariantCulture), time > 0 ? TimeSpan.FromTicks(time) : null),
            Cron = Text(nameof(Cron)) is { Length: > 0 } cron ? CronTime.Of(cron, Text(nameof(CronTime.Zone))) : null,
            Misfire = Enum.Parse<MisfireRule>(Text(nameof(Misfire))),
        };

        string Text(string key) => map.TryGetValue(key, out object? value) && value is string text ? text : "";
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,59}\\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NameForm();
}
