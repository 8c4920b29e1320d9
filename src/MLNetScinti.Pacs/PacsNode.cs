using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Pacs.DicomWeb;
using MLNetScinti.Pacs.Feeds;
using MLNetScinti.Pacs.Queue;
using MLNetScinti.Pipelines;

namespace MLNetScinti.Pacs;

/// <summary>
/// A node beside an archive: it learns which studies came, asks the models that rules name, and brings what they say back. What it has begun when it ends, however it ends, is begun again by
/// the next one, and ends with the same objects.
/// </summary>
public sealed class PacsNode
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(500), s_lease = TimeSpan.FromMinutes(2), s_longestPause = TimeSpan.FromHours(1), s_unreachable = TimeSpan.FromSeconds(10);

    private readonly PacsDefinition _definition;
    private readonly NodeSettings _settings;
    private readonly PacsQueue _queue;
    private readonly DicomWebClient _client;
    private readonly JobLog _log;
    private readonly string _node = $"{Environment.MachineName}-{Environment.ProcessId}";
    private int _working;
    private long _fed;
    private bool _wasAway;

    private PacsNode(PacsDefinition definition, NodeSettings settings, PacsQueue queue, DicomWebClient client, JobLog log) => (_definition, _settings, _queue, _client, _log) = (definition, settings, queue, client, log);

    /// <summary>Runs a node until it is told to end, or there is nothing more to do.</summary>
    /// <param name="definition">What it does.</param>
    /// <param name="settings">How it starts processes, and where it logs.</param>
    /// <param name="once">Whether it ends when everything that the archive told of is done, or waits for longer than a study's rest.</param>
    /// <param name="cancel">Tells it to end.</param>
    /// <exception cref="ScheduleException">The queue cannot be used, or another node has it.</exception>
    /// <exception cref="ModelBundleException">A rule's model cannot be used.</exception>
    /// <exception cref="DicomWebException">The archive does not let this node in.</exception>
    public static async Task Run(PacsDefinition definition, NodeSettings settings, bool once, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(settings);
        string rules = RulesHash(definition.Rules);
        ScheduleStore store = definition.Store();
        using FileStream? only = store.TakeNode();
        using PacsQueue queue = PacsQueue.Open(store);
        if (only is not null)
        {
            _ = queue.Release();
        }

        using DicomWebClient client = new(definition.Archive);
        using JobLog log = new(Path.Combine(settings.Logs, "nodes", $"pacs-{Environment.MachineName}-{Environment.ProcessId}.jsonl"));
        PacsNode node = new(definition, settings, queue, client, log);
        await node.Run(new StudyWork(definition, client, queue, node._node, settings, log, rules), once, cancel).ConfigureAwait(false);
    }

    private static string RulesHash(IReadOnlyList<RoutingRule> rules)
    {
        // A model that cannot be used is told now, not by each study.
        string told = string.Join('\n', rules.Select(rule =>
        {
            using ModelBundle bundle = ModelBundle.Load(rule.Model);
            return $"{JsonSerializer.Serialize(rule with { Model = "" })}{bundle.Card.Seal}";
        }));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(told)));
    }

    private async Task Run(StudyWork work, bool once, CancellationToken cancel)
    {
        Say($"watches {_definition.Archive.Place}; {_definition.Rules.Count} rules, {_definition.Jobs} at once");
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task[] tasks = [Feed(end.Token), .. Enumerable.Range(0, _definition.Jobs).Select(_ => Work(work, end.Token)), .. once ? (Task[])[EndWhenIdle(end)] : []];
        Task first = await Task.WhenAny(tasks).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        foreach (Task task in tasks)
        {
            try
            {
                await task.ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (task != first || cancel.IsCancellationRequested || once)
            {
                // Told so.
            }
        }

        Say("ends");
    }

    // Reads the archive's account on and on. One that cannot be reached is asked again; one that does not let this node in never will.
    private async Task Feed(CancellationToken cancel)
    {
        StudyFeed feed = _definition.FeedOf(_client);
        while (true)
        {
            bool isEnd = true;
            try
            {
                string position = _queue.Position(feed.Name);
                if (position.Length == 0)
                {
                    position = await feed.Begin(_definition.FromBeginning, cancel).ConfigureAwait(false);
                    _queue.Enter(feed.Name, position, [], TimeSpan.Zero);
                }

                FeedPage page = await feed.Next(position, cancel).ConfigureAwait(false);
                _queue.Enter(feed.Name, page.Position, page.Studies, _definition.Rest);
                isEnd = page.IsEnd;
                Told(isThere: true, "");
                if (isEnd)
                {
                    _ = Interlocked.Increment(ref _fed);
                }
            }
            catch (DicomWebException problem) when (problem.Fault != ArchiveFault.NotAllowed)
            {
                Told(isThere: false, problem.Message);
                if (!problem.MayPass && _fed == 0)
                {
                    // It is another thing than the definition says.
                    throw;
                }
            }

            await Task.Delay(isEnd ? _definition.Every : TimeSpan.Zero, cancel).ConfigureAwait(false);
        }
    }

    private async Task Work(StudyWork work, CancellationToken cancel)
    {
        while (true)
        {
            _ = Interlocked.Increment(ref _working);
            bool found;
            try
            {
                found = await One(work, cancel).ConfigureAwait(false);
            }
            finally
            {
                _ = Interlocked.Decrement(ref _working);
            }

            await Task.Delay(found ? TimeSpan.Zero : s_idle, cancel).ConfigureAwait(false);
        }
    }

    private async Task<bool> One(StudyWork work, CancellationToken cancel)
    {
        if (_queue.Claim(_node, s_lease) is not { } study)
        {
            return false;
        }

        using CancellationTokenSource lost = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task renewing = Renew(study, lost);
        try
        {
            if (await work.Do(study, lost.Token).ConfigureAwait(false) is { } end)
            {
                _queue.End(study, _node, end);
                Say($"{study.Pseudonym}: {Words(end)}");
            }
            else
            {
                _queue.Leave(study, _node);
            }
        }
        catch (OperationCanceledException)
        {
            _queue.Postpone(study, _node, TimeSpan.Zero, "the node was told to end", isAttempt: false);
            cancel.ThrowIfCancellationRequested();
        }
        catch (StudyGrewException grew)
        {
            _queue.Postpone(study, _node, _definition.Rest, grew.Message, isAttempt: false);
            Say($"{study.Pseudonym}: {grew.Message}: it begins again");
        }
        catch (Exception problem) when (problem is not (ScheduleException or OutOfMemoryException))
        {
            await Failed(study, problem, cancel).ConfigureAwait(false);
        }
        finally
        {
            await lost.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
        }

        return true;
    }

    private async Task Failed(ClaimedStudy study, Exception problem, CancellationToken cancel)
    {
        string reason = problem is DicomWebException or StudyFailedException ? problem.Message
            : problem is IOException or UnauthorizedAccessException ? $"files could not be written or read ({problem.GetType().Name}): is there room on the disk?"
            : $"this is a defect ({problem.GetType().Name} in {problem.TargetSite?.DeclaringType?.Name}.{problem.TargetSite?.Name}): please report it";
        // An archive that is away is no fault of the study's.
        if (problem is DicomWebException { MayPass: true } && !await _client.IsThere(cancel).ConfigureAwait(false))
        {
            _queue.Postpone(study, _node, s_unreachable < _definition.Pause ? s_unreachable : _definition.Pause, reason, isAttempt: false);
            Told(isThere: false, reason);
            return;
        }

        if (study.Attempts + 1 >= _definition.Attempts)
        {
            _queue.End(study, _node, new(PacsState.Dead, reason));
            Say(string.Create(CultureInfo.InvariantCulture, $"{study.Pseudonym}: given up after {study.Attempts + 1} attempts: {reason}"));
            return;
        }

        TimeSpan wait = TimeSpan.FromSeconds(Math.Min(_definition.Pause.TotalSeconds * Math.Pow(2, study.Attempts), s_longestPause.TotalSeconds));
        _queue.Postpone(study, _node, wait, reason, isAttempt: true);
        Say(string.Create(CultureInfo.InvariantCulture, $"{study.Pseudonym}: failed, and is tried again in {wait.TotalSeconds:0.#} s: {reason}"));
    }

    private async Task Renew(ClaimedStudy study, CancellationTokenSource lost)
    {
        try
        {
            while (true)
            {
                await Task.Delay(s_lease / 4, lost.Token).ConfigureAwait(false);
                if (!_queue.Renew(study, _node, s_lease))
                {
                    // Another node took it for abandoned: both would end with the same objects, and one is enough.
                    await lost.CancelAsync().ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work is over.
        }
        catch (ScheduleException problem)
        {
            _log.Write("node", problem.Message);
        }
    }

    // When the account was read to its end twice and nothing is due or worked on in between.
    private async Task EndWhenIdle(CancellationTokenSource end)
    {
        while (true)
        {
            long fed = Interlocked.Read(ref _fed);
            await Task.Delay(s_idle, end.Token).ConfigureAwait(false);
            if (fed > 0 && Interlocked.Read(ref _fed) > fed && Volatile.Read(ref _working) == 0 && (_queue.NextDue() is not { } due || due > DateTimeOffset.UtcNow + _definition.Rest))
            {
                return;
            }
        }
    }

    private void Told(bool isThere, string reason)
    {
        if (_wasAway == isThere)
        {
            _wasAway = !isThere;
            Say(isThere ? $"{_definition.Archive.Place} is there again" : $"the archive does not answer, and is asked again until it does: {reason}");
        }
    }

    private static string Words(StudyEnd end) => string.Create(CultureInfo.InvariantCulture, $"{end.State switch { PacsState.Done => "done", PacsState.Refused => "refused", PacsState.NoRule => "left alone", _ => "given up" }}{(end.Rule.Length > 0 ? $", rule {end.Rule}, {end.Results} objects in the archive" : "")}{(end.Reason.Length > 0 ? $": {end.Reason}" : "")}");

    private void Say(string text)
    {
        _log.Write("node", text);
        _settings.Say(text);
    }
}
