using System.Globalization;
using System.Text.Json;
using Quartz;

namespace MLNetScinti.Jobs.Scheduling;

/// <summary>What an exit code of this program means for a job.</summary>
/// <param name="IsDone">Whether the work is done.</param>
/// <param name="Words">What it means.</param>
public sealed record JobVerdict(bool IsDone, string Words);

/// <summary>What a node is given.</summary>
/// <param name="Program">The program and what comes before its commands.</param>
/// <param name="Meaning">What its exit codes mean.</param>
/// <param name="Logs">The folder of logs.</param>
/// <param name="Say">Tells whoever watches the node.</param>
public sealed record NodeSettings(IReadOnlyList<string> Program, Func<int, JobVerdict> Meaning, string Logs, Action<string> Say);

/// <summary>
/// One run of a scheduled job, in a process of its own. Quartz lets no two of a job run at once, on whatever nodes, and has another node run it again where this
/// one is gone; the command then goes on from what it left on the disk.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class ProgramJob(NodeSettings settings) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        ScheduledJob job = ScheduledJob.Of(context.JobDetail);
        string file = Path.Combine(settings.Logs, job.Name, string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyyMMdd-HHmmss-fff}.jsonl"));
        using JobLog log = new(file);
        string begins = $"{job.Name}: {(context.Recovering ? "goes on with a run that another node left" : "begins")} on {context.Scheduler.SchedulerInstanceId}";
        log.Write("job", $"{begins}: {string.Join(' ', job.Command)}");
        settings.Say(begins);

        JobEnd end = await new JobProcess(settings.Program, new JobCommand(job.Command, job.Folder) { Limits = job.Limits }, log, note => context.ReportProgress(Math.Clamp(note.Percent ?? 0, 0, 100), note.Text)).Run(cancellationToken).ConfigureAwait(false);
        JobVerdict meaning = end.Code > 128 && end.Reason.Length > 0 ? new(false, "stopped") : settings.Meaning(end.Code);
        string words = string.Create(CultureInfo.InvariantCulture, $"exit code {end.Code}: {(end.Reason.Length > 0 ? $"{end.Reason}; " : "")}{meaning.Words}");
        bool isLeft = cancellationToken.IsCancellationRequested && !meaning.IsDone && end.Reason.Length > 0;
        log.Write("job", isLeft ? $"left: {words}" : $"ended: {words}");
        settings.Say($"{job.Name}: {words}");
        if (isLeft)
        {
            // Told so, the scheduler has it run again, on another node or at this one's next start.
            throw new OperationCanceledException(words, cancellationToken);
        }

        context.Result = (meaning.IsDone && end.Reason.Length == 0 ? JobRunReport.Succeeded(words) : JobRunReport.Failed(words))
            .With("exitCode", end.Code).With("log", file).With("mostMemory", end.MostMemory).With("recovered", context.Recovering);
    }

    internal static IReadOnlyDictionary<string, string> FactsOf(string? json)
    {
        try
        {
            return json is null ? new Dictionary<string, string>(StringComparer.Ordinal)
                : (JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json) ?? []).ToDictionary(fact => fact.Key, fact => fact.Value.ToString(), StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            return new Dictionary<string, string>(StringComparer.Ordinal);
        }
    }
}
