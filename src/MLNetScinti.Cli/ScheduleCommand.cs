using System.CommandLine;
using System.Globalization;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Scheduling;

namespace MLNetScinti.Cli;

/// <summary><c>scinti schedule</c>: commands that run by themselves, on one machine or several.</summary>
internal static class ScheduleCommand
{
    private const int MostRows = 100_000;

    public static Command Create() => new("schedule", "Runs commands by themselves: at set times, on one machine or several, and says what became of them.")
    {
        Add(), List(), Now(), Pause(), Resume(), Remove(), History(), Run(),
    };

    private static Command Add()
    {
        Argument<string> file = new("file") { Description = "A definition (run, compare, retrain), or the folder of a model (score)." };
        Argument<string[]> arguments = new("arguments") { Description = "Behind --: what the command is given besides, such as --preset quick.", Arity = ArgumentArity.ZeroOrMore };
        Option<string> kind = new("--kind") { Description = "Which command it is: run, compare, score or retrain.", DefaultValueFactory = _ => "run" };
        kind.AcceptOnlyFromAmong([.. ScheduledJob.Kinds]);
        Option<string?> cron = new("--cron") { Description = "When: minute, hour, day of the month, month, day of the week, as crontab has it, such as \"0 2 * * SUN\"; or @daily, @weekly, @monthly. Without it, only when 'schedule now' says so." };
        Option<string?> zone = new("--time-zone") { Description = "The time zone of the times, such as Europe/Berlin; without it, this machine's." };
        Option<string> misfire = new("--misfire") { Description = "What happens about times at which no node was there: once (one run makes up for all), skip (none), all (a run for each).", DefaultValueFactory = _ => "once" };
        Option<string?> name = new("--name") { Description = "The job's name; without it, the file's." };
        Option<string> group = new("--group") { Description = "The group of work, such as gpu or score: nodes may take some groups only.", DefaultValueFactory = _ => TakenGroup.Default };
        Option<string?> memory = new("--max-memory") { Description = "The memory that its process may hold, such as 8GB; beyond it the process is ended." };
        Option<string?> time = new("--max-time") { Description = "How long a run may take, such as 6h; then it is ended, and goes on where it stopped at its next time." };
        Option<bool> replace = new("--replace") { Description = "Take the place of a job of the same name." };
        Option<bool> now = new("--now") { Description = "Queue a run at once, too." };
        Option<string?> store = Store();
        Command command = new("add", "Adds a job.") { file, arguments, kind, cron, zone, misfire, name, group, memory, time, replace, now, store };
        command.SetAction(parsed => Ask(parsed.GetValue(store), async schedule =>
        {
            string path = Path.GetFullPath(parsed.GetRequiredValue(file));
            if (!Path.Exists(path))
            {
                throw new ScheduleException($"{parsed.GetRequiredValue(file)}: {InputFile.Missing(path, "file")}: a job needs one that every node finds under this path.");
            }

            if (parsed.GetValue(cron) is null && parsed.GetValue(zone) is not null)
            {
                throw new ScheduleException("--time-zone: a time zone is one of times: add --cron.");
            }

            ScheduledJob job = new(ScheduledJob.Named("--name", parsed.GetValue(name) ?? Path.GetFileNameWithoutExtension(path)), parsed.GetRequiredValue(kind), path, parsed.GetValue(arguments) ?? [], Environment.CurrentDirectory)
            {
                Group = TakenGroup.NameOf("--group", parsed.GetRequiredValue(group)),
                Limits = new(parsed.GetValue(memory) is { } bytes ? JobLimits.MemoryOf(bytes) : 0, parsed.GetValue(time) is { } span ? JobLimits.TimeOf(span) : null),
                Cron = parsed.GetValue(cron) is { } text ? CronTime.Of(text, parsed.GetValue(zone)) : null,
                Misfire = CronTime.RuleOf(parsed.GetRequiredValue(misfire)),
            };
            Check(job);
            await schedule.Add(job, parsed.GetValue(replace)).ConfigureAwait(false);
            Terminal.Line($"{job.Name}: {job.Kind} {Path.GetFileName(path)}, {(job.Cron is { } when ? $"{when.Text} ({when.Zone})" : "on call")}{(job.Group.Length > 0 ? $", group {job.Group}" : "")}");
            foreach (DateTimeOffset next in job.Cron?.Times(DateTimeOffset.UtcNow).Take(3) ?? [])
            {
                Terminal.Line($"  {Local(next, job.Cron!.Zone)}");
            }

            if (parsed.GetValue(now))
            {
                await schedule.Now(job.Name).ConfigureAwait(false);
                Terminal.Line("  and at once");
            }
        }));
        return command;
    }

    private static Command List()
    {
        Option<string?> store = Store();
        Command command = new("list", "Lists the jobs: when they are due, what runs and how far it is.") { store };
        command.SetAction(parsed => Ask(parsed.GetValue(store), async schedule =>
        {
            IReadOnlyList<JobState> jobs = await schedule.List().ConfigureAwait(false);
            if (jobs.Count == 0)
            {
                Terminal.Line("There is no job yet: 'scinti schedule add' adds one.");
            }

            foreach (JobState one in jobs)
            {
                string when = one.Job.Cron is { } cron ? $"{cron.Text} ({cron.Zone})" : "on call";
                Terminal.Line($"{one.Job.Name,-24} {one.State,-8} {one.Job.Kind,-8} {(one.Job.Group.Length > 0 ? one.Job.Group : TakenGroup.Default),-10} {when,-32} {(one.Next is { } next ? $"next {Local(next, one.Job.Cron!.Zone)}" : "")}{(one.Queued > 0 ? string.Create(CultureInfo.InvariantCulture, $" {one.Queued} queued") : "")}".TrimEnd());
                if (one.Running is { } run)
                {
                    Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  on {run.Node} since {run.Began:yyyy-MM-dd HH:mm:ss} UTC{(run.Percent is { } percent ? $", {percent} %" : "")}{(run.Text.Length > 0 ? $": {run.Text}" : "")}"));
                }
            }
        }));
        return command;
    }

    private static Command Now() => Named("now", "Queues a run of a job at once; it begins when a node is free and no other run of the job goes on.", (schedule, name) => schedule.Now(name), name => $"{name}: a run is queued.");

    private static Command Pause() => Named("pause", "Keeps a job from being begun by its times; what runs goes on.", (schedule, name) => schedule.Pause(name), name => $"{name} is paused.");

    private static Command Resume() => Named("resume", "Has a paused job begun by its times again.", (schedule, name) => schedule.Resume(name), name => $"{name} is waiting for its times again.");

    private static Command Remove() => Named("remove", "Takes a job out of the schedule: what runs of it is stopped, and its history stays.", (schedule, name) => schedule.Remove(name), name => $"{name} is removed.");

    private static Command Named(string word, string description, Func<Schedule, string, Task> act, Func<string, string> said)
    {
        Argument<string> name = new("job") { Description = "The job's name." };
        Option<string?> store = Store();
        Command command = new(word, description) { name, store };
        command.SetAction(parsed => Ask(parsed.GetValue(store), async schedule =>
        {
            await act(schedule, parsed.GetRequiredValue(name)).ConfigureAwait(false);
            Terminal.Line(said(parsed.GetRequiredValue(name)));
        }));
        return command;
    }

    private static Command History()
    {
        Argument<string?> name = new("job") { Description = "A job's name; without it, all.", Arity = ArgumentArity.ZeroOrOne };
        Option<int> most = new("--last") { Description = "How many runs, the newest first.", DefaultValueFactory = _ => 20 };
        most.Validators.Add(result =>
        {
            if (result.Tokens is [.., var word] && !(int.TryParse(word.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int given) && given is > 0 and <= MostRows))
            {
                result.AddError($"--last takes a whole number from 1 to {MostRows}.");
            }
        });
        Option<string?> store = Store();
        Command command = new("history", "Lists the runs that ended: when, where, how long, with which exit code, and where the log is.") { name, most, store };
        command.SetAction(parsed => Ask(parsed.GetValue(store), async schedule =>
        {
            foreach (JobRun run in await schedule.History(parsed.GetValue(name), parsed.GetValue(most)).ConfigureAwait(false))
            {
                Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{run.Began:yyyy-MM-dd HH:mm:ss} UTC  {run.Job,-24} {run.Result,-8} {run.Duration:hh\\:mm\\:ss}  {run.Node}  {run.Summary}{(run.Facts.GetValueOrDefault("recovered") == bool.TrueString ? " (went on with a run that another node left)" : "")}"));
                if (run.Facts.TryGetValue("log", out string? log))
                {
                    Terminal.Line($"  {log}{(long.TryParse(run.Facts.GetValueOrDefault("mostMemory"), CultureInfo.InvariantCulture, out long memory) ? string.Create(CultureInfo.InvariantCulture, $", at most {memory / 1e9:0.00} GB of memory") : "")}");
                }
            }
        }));
        return command;
    }

    private static Command Run()
    {
        Option<int> jobs = new("--jobs") { Description = "How many jobs at once.", DefaultValueFactory = _ => 1 };
        jobs.Validators.Add(result =>
        {
            if (result.Tokens is [.., var word] && !(int.TryParse(word.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int given) && given is > 0 and <= 1000))
            {
                result.AddError("--jobs takes a whole number from 1 to 1000.");
            }
        });
        Option<string[]> take = new("--take") { Description = "A group of work that this node takes, such as gpu, or with a number at once, such as score=2; default is the group of jobs without one. May be given several times; without it, all.", DefaultValueFactory = _ => [] };
        Option<bool> once = new("--once") { Description = "Run one job and end." };
        Option<bool> idle = new("--until-idle") { Description = "End when nothing that this node takes is due or runs." };
        Option<string?> logs = new("--logs") { Description = "The folder of logs; without it, logs beside the store." };
        Option<string?> store = Store();
        Command command = new("run", "Runs a node: takes jobs that are due until it is stopped. Several nodes may use one store.") { jobs, take, once, idle, logs, store };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            ScheduleStore kept = ScheduleStore.Find(parsed.GetValue(store));
            NodeSettings settings = Node(parsed.GetValue(logs) ?? Path.Combine(kept.Folder, "logs"));
            NodeOptions options = new() { Jobs = parsed.GetValue(jobs), Takes = [.. (parsed.GetValue(take) ?? []).Select(TakenGroup.Of)], Once = parsed.GetValue(once), UntilIdle = parsed.GetValue(idle) };
            ScheduleNode.Run(kept, settings, options, cancel).GetAwaiter().GetResult();
            return ExitCode.Done;
        }));
        return command;
    }

    private static Option<string?> Store() => new("--store")
    {
        Description = $"The schedule's file of SQLite. Without it: PostgreSQL by the connection string in {ScheduleStore.PostgresVariable} or in the file that {ScheduleStore.PostgresFileVariable} names; else the file that {ScheduleStore.FileVariable} names; else artifacts/schedule/schedule.sqlite.",
    };

    private static int Ask(string? store, Func<Schedule, Task> act) => Guarded.Run(_ =>
    {
        Answer().GetAwaiter().GetResult();
        return ExitCode.Done;

        async Task Answer()
        {
            Schedule schedule = await Schedule.Open(ScheduleStore.Find(store)).ConfigureAwait(false);
            await using (schedule.ConfigureAwait(false))
            {
                await act(schedule).ConfigureAwait(false);
            }
        }
    });

    // A table of scores on the console has names of files in it, and a job's console is a log.
    private static void Check(ScheduledJob job)
    {
        if (job.Kind == "score" && !job.Arguments.Any(argument => argument.StartsWith("--output", StringComparison.Ordinal) || argument.StartsWith("--report", StringComparison.Ordinal)))
        {
            throw new ScheduleException("score: a job needs a file or folder to write: add -- FOLDER --output scores.csv, or -- FOLDER --report.");
        }
    }

    /// <summary>What the jobs of a node in this process are run with.</summary>
    /// <param name="logs">The folder of logs.</param>
    internal static NodeSettings Node(string logs) => new(Program(), ExitCode.Meaning, Path.GetFullPath(logs), text => Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss} {text}")));

    // This very program: a job is of the build that its node is of.
    internal static IReadOnlyList<string> Program()
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("This process does not know its own program.");
        return Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase) ? [program, Environment.GetCommandLineArgs()[0]] : [program];
    }

    private static string Local(DateTimeOffset time, string zone)
    {
        TimeZoneInfo place = TimeZoneInfo.FindSystemTimeZoneById(zone);
        return string.Create(CultureInfo.InvariantCulture, $"{TimeZoneInfo.ConvertTime(time, place):ddd yyyy-MM-dd HH:mm zzz}");
    }
}
