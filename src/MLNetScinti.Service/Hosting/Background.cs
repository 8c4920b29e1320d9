using Microsoft.Extensions.Hosting;
using MLNetScinti.Jobs.Auditing;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Service.Runs;

namespace MLNetScinti.Service.Hosting;

/// <summary>What a look through the audit log found.</summary>
/// <param name="At">When it was looked through.</param>
/// <param name="Entries">How many entries were as they were written.</param>
/// <param name="Fault">The first fault in words; null for none.</param>
internal sealed record AuditLook(DateTimeOffset At, long Entries, string? Fault);

/// <summary>Looks through the audit log when it grew, and every ten minutes in any case: pages show what was found, and need not wait for it.</summary>
internal sealed class AuditWatch(ServiceSettings settings, JobLog log, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan s_often = TimeSpan.FromMinutes(10);

    private readonly ModelRegistry _registry = new(settings.Registry, settings.Program);
    private volatile AuditLook? _last;

    /// <summary>What was found last; null where nobody looked yet, or there is no log.</summary>
    public AuditLook? Last => _last;

    /// <summary>Looks through it now.</summary>
    public void Look()
    {
        if (!File.Exists(_registry.LogFile))
        {
            _last = null;
            return;
        }

        AuditLook? before = _last;
        try
        {
            AuditVerdict verdict = _registry.VerifyLog();
            _last = new(time.GetUtcNow(), verdict.Head.Entries, verdict.Fault?.Sentence);
        }
        catch (RegistryException problem)
        {
            _last = new(time.GetUtcNow(), 0, problem.Message.Replace(settings.Registry + ": ", "", StringComparison.Ordinal));
        }

        if (_last is { Fault: { } fault } && fault != before?.Fault)
        {
            log.Write("audit", fault);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        (DateTime, long)? seen = null;
        DateTimeOffset looked = default;
        await Repeated.Run(settings.Look, log, () =>
        {
            FileInfo file = new(_registry.LogFile);
            (DateTime, long)? stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : null;
            if (stamp != seen || time.GetUtcNow() - looked > s_often)
            {
                Look();
                (seen, looked) = (stamp, time.GetUtcNow());
            }
        }, stoppingToken).ConfigureAwait(false);
    }
}

/// <summary>Looks for new runs.</summary>
internal sealed class RunWatch(ServiceSettings settings, RunIndex index, JobLog log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Repeated.Run(settings.Look, log, () => index.Sweep(stoppingToken), stoppingToken);
}

/// <summary>Runs scheduled jobs in this host, where it is to; at a store that has room for one node, once the other one is gone.</summary>
internal sealed class ScheduleWork(ServiceSettings settings, JobLog log, Action<string> say) : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string said = "";
        while (settings is { Jobs: > 0, Node: not null } && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ScheduleNode.Run(settings.Schedule, settings.Node, new NodeOptions { Jobs = settings.Jobs, Takes = settings.Takes }, stoppingToken).ConfigureAwait(false);
            }
            catch (ScheduleException problem)
            {
                if (problem.Message != said)
                {
                    said = problem.Message;
                    log.Write("node", said);
                    say($"No jobs are run here for now: {said}");
                }

                await Task.Delay(s_pause, stoppingToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
            }
        }
    }
}

/// <summary>The schedule, opened when somebody first asks for it.</summary>
internal sealed class ScheduleDoor(ServiceSettings settings) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private Schedule? _open;

    public async Task<Schedule> Open()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            return _open ??= await Schedule.Open(settings.Schedule).ConfigureAwait(false);
        }
        finally
        {
            _ = _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_open is not null)
        {
            await _open.DisposeAsync().ConfigureAwait(false);
        }

        _gate.Dispose();
    }
}

/// <summary>Something that is done again and again, and is not ended by its failing once.</summary>
internal static class Repeated
{
    // What takes long is done less often.
    private const int Share = 20;

    public static async Task Run(TimeSpan often, JobLog log, Action work, CancellationToken stop)
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            long began = System.Diagnostics.Stopwatch.GetTimestamp();
            try
            {
                work();
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                log.Write("error", problem.ToString());
            }
            catch (OperationCanceledException)
            {
                return;
            }

            TimeSpan taken = System.Diagnostics.Stopwatch.GetElapsedTime(began) * Share;
            await Task.Delay(taken > often ? taken : often, stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
        }
    }
}
