using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MLNetScinti.Imaging;
using Quartz;
using Quartz.Extensibility;

namespace MLNetScinti.Jobs.Scheduling;

/// <summary>A job as it stands.</summary>
/// <param name="Job">The job.</param>
/// <param name="State">"waiting", "paused", "running", "queued", or "on call" for one without a time.</param>
/// <param name="Next">When it is due next; null for never.</param>
/// <param name="Queued">How many runs of it wait to begin.</param>
/// <param name="Running">What runs of it; null for nothing.</param>
public sealed record JobState(ScheduledJob Job, string State, DateTimeOffset? Next, int Queued, JobProgress? Running);

/// <summary>How far a run is.</summary>
/// <param name="Node">The node that has it.</param>
/// <param name="Began">When it began.</param>
/// <param name="Percent">How far it is; null where that is not known.</param>
/// <param name="Text">The same in words, with the time that is left.</param>
public sealed record JobProgress(string Node, DateTimeOffset Began, int? Percent, string Text);

/// <summary>A run that ended.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Node">The node that ran it.</param>
/// <param name="Began">When.</param>
/// <param name="Duration">How long.</param>
/// <param name="Result">"done", "failed" or "stopped".</param>
/// <param name="Summary">The exit code and what it means.</param>
/// <param name="Facts">What else is kept of it: the exit code, the log, the most memory, whether it went on with a run that another node had begun.</param>
public sealed record JobRun(string Job, string Node, DateTimeOffset Began, TimeSpan Duration, string Result, string Summary, IReadOnlyDictionary<string, string> Facts);

/// <summary>What is planned, runs and has run. It starts nothing: nodes do.</summary>
public sealed class Schedule : IAsyncDisposable
{
    private const int Page = 1000;

    private readonly ScheduleStore _store;
    private readonly ServiceProvider _services;
    private readonly IScheduler _scheduler;

    private Schedule(ScheduleStore store, ServiceProvider services, IScheduler scheduler)
    {
        _store = store;
        _services = services;
        _scheduler = scheduler;
    }

    /// <summary>Opens a schedule, and makes what is missing of its tables.</summary>
    /// <exception cref="ScheduleException">It cannot be reached or used.</exception>
    public static async Task<Schedule> Open(ScheduleStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        ServiceProvider? services = null;
        try
        {
            services = await store.Open($"{Environment.MachineName}-{Environment.ProcessId}", NullLoggerFactory.Instance).ConfigureAwait(false);
            return new(store, services, await services.GetRequiredService<ISchedulerFactory>().GetScheduler().ConfigureAwait(false));
        }
        catch (Exception problem) when (problem is SchedulerException or DbException or IOException or UnauthorizedAccessException)
        {
            if (services is not null)
            {
                await services.DisposeAsync().ConfigureAwait(false);
            }

            throw store.Refuse(problem);
        }
    }

    /// <summary>Adds a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="replace">Whether one of the same name gives way.</param>
    /// <exception cref="ScheduleException">There is one of its name, or another one that does the same.</exception>
    public Task Add(ScheduledJob job, bool replace) => Ask(async () =>
    {
        ArgumentNullException.ThrowIfNull(job);
        List<IJobDetail> there = await Details().ConfigureAwait(false);
        if (there.Any(one => one.Key.Equals(job.Key)) && !replace)
        {
            throw new ScheduleException($"{job.Name}: there is a job of this name already: give another one with --name, or --replace.");
        }

        // Two of them would write the same folder at once.
        if (there.Select(ScheduledJob.Of).FirstOrDefault(other => other.Name != job.Name && other.Folder == job.Folder && other.Command.SequenceEqual(job.Command, StringComparer.Ordinal)) is { } same)
        {
            throw new ScheduleException($"{job.File}: the job {same.Name} does just this: change its time with --name {same.Name} --replace, or remove it.");
        }

        IJobDetail detail = JobBuilder.Create<ProgramJob>().WithIdentity(job.Key).WithDescription($"{job.Kind} {Path.GetFileName(job.File)}").UsingJobData(job.Data()).StoreDurably().RequestRecovery().Build();
        if (job.Cron is not { } cron)
        {
            _ = await _scheduler.UnscheduleJob(Timed(job.Name)).ConfigureAwait(false);
            await _scheduler.AddJob(detail, AddJobOptions.Replacing).ConfigureAwait(false);
            return true;
        }

        ITrigger trigger = Grouped(TriggerBuilder.Create().WithIdentity(Timed(job.Name)).ForJob(job.Key), job.Group).WithSchedule(cron.Builder(job.Misfire)).Build();
        await _scheduler.ScheduleJob(detail, [trigger], new ScheduleJobOptions { Replace = replace }).ConfigureAwait(false);
        return true;
    });

    /// <summary>Queues a run at once.</summary>
    /// <exception cref="ScheduleException">There is no such job.</exception>
    public Task Now(string name) => Ask(async () =>
    {
        ScheduledJob job = await Known(name).ConfigureAwait(false);
        await _scheduler.ScheduleJob(Grouped(TriggerBuilder.Create().WithIdentity($"{name}-{Guid.NewGuid():N}", "now").ForJob(job.Key), job.Group).StartNow().Build()).ConfigureAwait(false);
        return true;
    });

    /// <summary>Keeps a job from being begun by its times until it is resumed; what runs goes on.</summary>
    /// <exception cref="ScheduleException">There is no such job, or it has no times.</exception>
    public Task Pause(string name) => Ask(async () =>
    {
        _ = (await Known(name).ConfigureAwait(false)).Cron ?? throw new ScheduleException($"{name}: the job has no times, so there is nothing to pause.");
        return await _scheduler.PauseTrigger(Timed(name)).ConfigureAwait(false);
    });

    /// <summary>Has a job begun by its times again; what was missed meanwhile is treated as its rule says.</summary>
    /// <exception cref="ScheduleException">There is no such job.</exception>
    public Task Resume(string name) => Ask(async () =>
    {
        _ = await Known(name).ConfigureAwait(false);
        return await _scheduler.ResumeTrigger(Timed(name)).ConfigureAwait(false);
    });

    /// <summary>Takes a job out of the schedule; its history stays, and what runs is stopped.</summary>
    /// <exception cref="ScheduleException">There is no such job.</exception>
    public Task Remove(string name) => Ask(async () =>
    {
        ScheduledJob job = await Known(name).ConfigureAwait(false);
        bool removed = await _scheduler.DeleteJob(job.Key).ConfigureAwait(false);
        _ = await _scheduler.Interrupt(job.Key).ConfigureAwait(false);
        return removed;
    });

    /// <summary>All jobs by name.</summary>
    public Task<IReadOnlyList<JobState>> List() => Ask<IReadOnlyList<JobState>>(async () =>
    {
        List<IJobDetail> details = await Details().ConfigureAwait(false);
        List<TriggerHeader> triggers = await All(async start => await _scheduler.QueryTriggers(new TriggerQuery { Skip = start, Take = Page }).ConfigureAwait(false)).ConfigureAwait(false);
        ILookup<JobKey, TriggerHeader> byJob = triggers.ToLookup(trigger => trigger.JobKey);
        Dictionary<JobKey, FireInstance> running = [];
        foreach (FireInstance one in await All(async start => await _scheduler.QueryFireInstances(new FireInstanceQuery { Skip = start, Take = Page, State = FireInstanceState.Executing }).ConfigureAwait(false)).ConfigureAwait(false))
        {
            running[one.JobKey!] = one;
        }

        return [.. details.OrderBy(detail => detail.Key.Name, StringComparer.Ordinal).Select(detail => StateOf(detail, [.. byJob[detail.Key]], running.GetValueOrDefault(detail.Key)))];
    });

    /// <summary>Runs that ended, the newest first.</summary>
    /// <param name="name">Of one job; null for all.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="skip">How many of the newest are left out.</param>
    public Task<IReadOnlyList<JobRun>> History(string? name, int most, int skip = 0) => Ask<IReadOnlyList<JobRun>>(async () =>
    {
        IExecutionHistoryStore history = _services.GetRequiredService<IExecutionHistoryStore>();
        List<ExecutionHistoryEntry> entries = await All(async start => await history.QueryExecutions(new ExecutionHistoryQuery { SchedulerName = ScheduleStore.SchedulerName, Job = name is null ? null : ScheduledJob.KeyOf(name), Skip = skip + start, Take = Math.Min(Page, most) }, CancellationToken.None).ConfigureAwait(false), most).ConfigureAwait(false);
        return [.. entries.Take(most).Select(entry => new JobRun(entry.JobName, entry.SchedulerInstanceId, entry.FiredAtUtc, entry.Duration, ResultOf(entry.EffectiveResult), PlainText.OneLine(entry.Summary ?? entry.ExceptionMessage ?? ""), ProgramJob.FactsOf(entry.MetricsJson)))];
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _services.DisposeAsync().ConfigureAwait(false);

    internal static TriggerKey Timed(string name) => new(name, "cron");

    private static TriggerBuilder<IJob> Grouped(TriggerBuilder<IJob> trigger, string group) => group.Length > 0 ? trigger.WithExecutionGroup(group) : trigger;

    private static string ResultOf(JobRunResult result) => result switch { JobRunResult.Succeeded or JobRunResult.Skipped => "done", JobRunResult.Cancelled => "stopped", _ => "failed" };

    private static JobState StateOf(IJobDetail detail, TriggerHeader[] triggers, FireInstance? running)
    {
        TriggerHeader? timed = triggers.FirstOrDefault(trigger => trigger.Key.Equals(Timed(detail.Key.Name)));
        int queued = triggers.Count(trigger => trigger != timed) - (running is not null && triggers.Any(trigger => trigger != timed && trigger.Key.Equals(running.TriggerKey)) ? 1 : 0);
        string state = running is not null ? "running" : timed?.State == TriggerState.Paused ? "paused" : queued > 0 ? "queued" : timed is null ? "on call" : timed.State == TriggerState.Error ? "broken" : "waiting";
        return new(ScheduledJob.Of(detail), state, timed?.State == TriggerState.Paused ? null : timed?.NextFireTimeUtc, queued,
            running is null ? null : new(running.SchedulerInstanceId, running.FireTimeUtc, running.Progress, PlainText.OneLine(running.ProgressMessage ?? "")));
    }

    private async Task<List<IJobDetail>> Details()
    {
        List<JobHeader> headers = await All(async start => await _scheduler.QueryJobs(new JobQuery { Skip = start, Take = Page }).ConfigureAwait(false)).ConfigureAwait(false);
        return headers.Count == 0 ? [] : await _scheduler.GetJobDetails([.. headers.Select(header => header.Key)]).ConfigureAwait(false);
    }

    private async Task<ScheduledJob> Known(string name) => await _scheduler.GetJobDetail(ScheduledJob.KeyOf(name)).ConfigureAwait(false) is { } detail
        ? ScheduledJob.Of(detail)
        : throw new ScheduleException($"{_store.Place}: there is no job {PlainText.Short(name)}; there is {PlainText.Short(string.Join(", ", (await Details().ConfigureAwait(false)).Select(one => one.Key.Name)) is { Length: > 0 } names ? names : "none yet", 200)}.");

    private static async Task<List<T>> All<T>(Func<int, Task<PagedResult<T>>> page, int most = int.MaxValue)
    {
        List<T> all = [];
        while (true)
        {
            PagedResult<T> next = await page(all.Count).ConfigureAwait(false);
            all.AddRange(next.Items);
            if (next.Items.Count == 0 || !next.HasMore || all.Count >= most)
            {
                return all;
            }
        }
    }

    private async Task<T> Ask<T>(Func<Task<T>> question)
    {
        try
        {
            return await question().ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is SchedulerException or DbException)
        {
            throw _store.Refuse(problem);
        }
    }
}
