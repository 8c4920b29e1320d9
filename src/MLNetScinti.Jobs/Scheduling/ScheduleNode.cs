using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using MLNetScinti.Imaging;
using Quartz;

namespace MLNetScinti.Jobs.Scheduling;

/// <summary>A group of work that a node takes.</summary>
/// <param name="Group">Its name; empty for jobs without a group.</param>
/// <param name="Most">How many of them at once; null for as many as the node takes.</param>
public sealed record TakenGroup(string Group, int? Most)
{
    /// <summary>What jobs without a group are called on the command line.</summary>
    public const string Default = "default";

    /// <summary>Reads "gpu" or "score=2".</summary>
    /// <exception cref="ScheduleException">It is neither.</exception>
    public static TakenGroup Of(string text)
    {
        string[] parts = text.Split('=');
        int most = 0;
        return parts.Length > 2 || (parts.Length == 2 && !(int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out most) && most is > 0 and <= 1000))
            ? throw new ScheduleException($"--take '{PlainText.Short(text)}': expected a group such as gpu, or with a number such as score=2.")
            : new(NameOf("--take", parts[0]), parts.Length == 2 ? most : null);
    }

    /// <summary>The name of a group as it is kept: the default one has none.</summary>
    /// <exception cref="ScheduleException">It is none.</exception>
    public static string NameOf(string option, string text) => text == Default ? "" : ScheduledJob.Named(option, text);
}

/// <summary>What a node does.</summary>
public sealed record NodeOptions
{
    /// <summary>How many jobs at once.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Which groups; empty for all.</summary>
    public IReadOnlyList<TakenGroup> Takes { get; init; } = [];

    /// <summary>Ends when nothing that it takes is due or runs anywhere.</summary>
    public bool UntilIdle { get; init; }

    /// <summary>Ends after one job.</summary>
    public bool Once { get; init; }
}

/// <summary>A node: takes jobs that are due, one machine or many at one store, until it is told to end.</summary>
public static class ScheduleNode
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs a node.</summary>
    /// <param name="store">The schedule's store.</param>
    /// <param name="settings">What jobs are run with.</param>
    /// <param name="options">What it takes, and when it ends by itself.</param>
    /// <param name="cancel">Tells it to end: what runs is stopped in good order, and goes on elsewhere or at the next start.</param>
    /// <exception cref="ScheduleException">The store cannot be reached or used.</exception>
    public static async Task Run(ScheduleStore store, NodeSettings settings, NodeOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(options);
        using FileStream? held = store.TakeNode();
        string name = $"{Environment.MachineName}-{Environment.ProcessId}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(2))}";
        using JobLog log = new(Path.Combine(settings.Logs, "nodes", $"{name}.jsonl"));
        using LibraryLog loggers = new(log, "scheduler");
        FirstJob first = new();
        try
        {
            await using ServiceProvider services = await store.Open(name, loggers, quartz => Configure(quartz, settings with { Say = Say }, options, first)).ConfigureAwait(false);
            IScheduler scheduler = await services.GetRequiredService<ISchedulerFactory>().GetScheduler(cancel).ConfigureAwait(false);
            await scheduler.Start(cancel).ConfigureAwait(false);
            Say($"{name}: a node at {store.Place}; it takes {(options.Takes.Count == 0 ? "all groups" : string.Join(", ", options.Takes.Select(Words)))}, {options.Jobs} at once");
            try
            {
                await Wait(scheduler, options, first, cancel).ConfigureAwait(false);
            }
            finally
            {
                await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None).ConfigureAwait(false);
                Say($"{name}: ended");
            }
        }
        catch (Exception problem) when (problem is SchedulerException or DbException)
        {
            throw store.Refuse(problem);
        }

        void Say(string text)
        {
            log.Write("node", text);
            settings.Say(text);
        }
    }

    private static string Words(TakenGroup taken) => $"{(taken.Group.Length > 0 ? taken.Group : TakenGroup.Default)}{(taken.Most is { } most ? string.Create(CultureInfo.InvariantCulture, $" ({most})") : "")}";

    private static void Configure(IQuartzBuilder quartz, NodeSettings settings, NodeOptions options, FirstJob first)
    {
        quartz.Services.AddSingleton(settings);
        quartz.UseDefaultThreadPool(options.Once ? 1 : options.Jobs);
        quartz.ConfigureScheduler(scheduler =>
        {
            foreach (TakenGroup taken in options.Takes)
            {
                scheduler.ServedExecutionGroups.Add(taken.Group.Length > 0 ? taken.Group : "_");
            }
        });
        if (options.Takes.Any(taken => taken.Most is not null))
        {
            quartz.UseExecutionLimits(limits =>
            {
                foreach (TakenGroup taken in options.Takes.Where(taken => taken.Most is not null))
                {
                    _ = taken.Group.Length > 0 ? limits.ForGroup(taken.Group, taken.Most!.Value) : limits.ForDefaultGroup(taken.Most!.Value);
                }
            });
        }

        if (options.Once)
        {
            quartz.AddJobListener(first);
        }
    }

    private static async Task Wait(IScheduler scheduler, NodeOptions options, FirstJob first, CancellationToken cancel)
    {
        int quiet = 0;
        try
        {
            while (!(options.Once && first.HasEnded) && !(options.UntilIdle && quiet >= 2))
            {
                await Task.Delay(s_look, cancel).ConfigureAwait(false);
                quiet = options.UntilIdle && await IsIdle(scheduler, options).ConfigureAwait(false) ? quiet + 1 : 0;
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // That is how a node ends.
        }
    }

    // What a dead node had counts as running until it has been taken over.
    private static async Task<bool> IsIdle(IScheduler scheduler, NodeOptions options)
    {
        PagedResult<FireInstance> running = await scheduler.QueryFireInstances(new FireInstanceQuery { Take = 1000 }).ConfigureAwait(false);
        if (running.Items.Any(one => Takes(one.ExecutionGroup)))
        {
            return false;
        }

        PagedResult<TriggerHeader> due = await scheduler.QueryTriggers(new TriggerQuery { Take = 1000, NextFireTimeBefore = DateTimeOffset.UtcNow.AddSeconds(1) }).ConfigureAwait(false);
        return !due.Items.Any(one => one.State is not (TriggerState.Paused or TriggerState.Complete or TriggerState.Error) && Takes(one.ExecutionGroup));

        bool Takes(string? group) => options.Takes.Count == 0 || options.Takes.Any(taken => taken.Group == (group ?? ""));
    }

    // Behind the first job nothing more is taken.
    private sealed class FirstJob : IJobListener
    {
        public string Name => "once";

        public bool HasEnded { get; private set; }

        public ValueTask JobToBeExecuted(IJobExecutionContext context, CancellationToken cancellationToken = default) => context.Scheduler.Standby(cancellationToken);

        public ValueTask JobWasExecuted(IJobExecutionContext context, JobExecutionException? jobException, CancellationToken cancellationToken = default)
        {
            HasEnded = true;
            return ValueTask.CompletedTask;
        }
    }
}
