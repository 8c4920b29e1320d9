using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Pacs.DicomWeb;
using MLNetScinti.Pacs.Queue;
using MLNetScinti.Pacs.Results;

namespace MLNetScinti.Pacs;

/// <summary>A study could not be answered this time. The message is one line without a name of a patient or a file.</summary>
internal sealed class StudyFailedException(string message) : Exception(PlainText.Message(message));

/// <summary>A study changed while it was worked on: what was made of it is of what it was.</summary>
internal sealed class StudyGrewException() : Exception("the study grew while it was worked on");

/// <summary>
/// The work on one study: what is new about it, which rule is about it, its images, a process of its own that answers, and the answers into the archive. Wherever it breaks off, doing it again
/// ends with the same objects.
/// </summary>
internal sealed class StudyWork(PacsDefinition definition, DicomWebClient client, PacsQueue queue, string node, NodeSettings settings, JobLog log, string rulesHash)
{
    // What the processes print is kept only where it went wrong.
    private string LogOf(ClaimedStudy study) => Path.Combine(settings.Logs, "studies", $"{study.Pseudonym}.jsonl");

    /// <summary>Does all of it.</summary>
    /// <returns>What became of the study; null where there is nothing new about it.</returns>
    /// <exception cref="DicomWebException">The archive does not answer, or not as it should.</exception>
    /// <exception cref="StudyFailedException">The process failed.</exception>
    /// <exception cref="StudyGrewException">There is more of it than there was.</exception>
    public async Task<StudyEnd?> Do(ClaimedStudy study, CancellationToken cancel)
    {
        IReadOnlyList<ArchivedInstance> images = Images(await client.Instances(study.StudyUid, cancel).ConfigureAwait(false));
        string request = Hash(images.Select(one => one.InstanceUid)), inputs = Hash([rulesHash, request]);
        if (inputs == study.Inputs)
        {
            return null;
        }

        string[] modalities = [.. images.Select(one => one.Modality).Distinct(StringComparer.Ordinal)];
        if (!definition.Rules.Any(rule => images.Count > 0 && rule.MayBe(modalities)))
        {
            return new(PacsState.NoRule, images.Count == 0 ? "the archive has no images of NM, PT or CT in it" : $"no rule is about studies of {string.Join(", ", modalities.Order(StringComparer.Ordinal))}") { Inputs = inputs };
        }

        queue.Begin(study, node, "");
        string folder = PrivateFolder.NewName();
        try
        {
            await Fetch(study, images, Path.Combine(folder, "images"), cancel).ConfigureAwait(false);
            StudyIndex index = StudyIndex.Build(Path.Combine(folder, "images"), cancel: cancel);
            if (definition.Rules.FirstOrDefault(rule => rule.IsAbout(index.Studies)) is not { } rule)
            {
                return new(PacsState.NoRule, $"no rule is about it: {Described(index)}") { Inputs = inputs };
            }

            queue.Begin(study, node, rule.Name);
            StudyResult result = await Answer(study, rule, folder, request, cancel).ConfigureAwait(false);
            IReadOnlyList<ArchivedInstance> now = await client.Instances(study.StudyUid, cancel).ConfigureAwait(false);
            if (Hash(Images(now).Select(one => one.InstanceUid)) != request)
            {
                throw new StudyGrewException();
            }

            (int stored, IReadOnlyList<string> refused) = await new ResultStoring(client, text => log.Write("store", $"{study.Pseudonym}: {text}"))
                .Store(Path.Combine(folder, "made"), result.Objects, now.Select(one => one.InstanceUid).ToHashSet(StringComparer.Ordinal), cancel).ConfigureAwait(false);
            File.Delete(LogOf(study));
            string reason = string.Join(" ", (string[])[result.Refusal, .. refused.Select(one => $"Not stored: {one}.")]).Trim();
            return stored == 0 && refused.Count > 0
                ? throw new StudyFailedException($"the archive took none of its objects: {string.Join("; ", refused)}")
                : new(result.Refusal.Length > 0 ? PacsState.Refused : PacsState.Done, reason) { Inputs = inputs, Rule = rule.Name, Results = stored };
        }
        finally
        {
            Remove(folder);
        }
    }

    private static ArchivedInstance[] Images(IReadOnlyList<ArchivedInstance> all) => [.. all.Where(one => RoutingRule.Taken.Contains(one.Modality, StringComparer.Ordinal) && DicomJson.IsUid(one.SeriesUid))];

    private async Task Fetch(ClaimedStudy study, IReadOnlyList<ArchivedInstance> images, string folder, CancellationToken cancel)
    {
        long left = definition.Archive.LargestStudy;
        // Numbers for names: what an archive says is no part of a path.
        foreach ((IGrouping<string, ArchivedInstance> series, int number) in images.GroupBy(one => one.SeriesUid, StringComparer.Ordinal).OrderBy(series => series.Key, StringComparer.Ordinal).Select((series, number) => (series, number)))
        {
            left -= await client.Retrieve(study.StudyUid, series.Key, Path.Combine(folder, number.ToString("0000", CultureInfo.InvariantCulture)), series.Count(), left, cancel).ConfigureAwait(false);
        }
    }

    private async Task<StudyResult> Answer(ClaimedStudy study, RoutingRule rule, string folder, string request, CancellationToken cancel)
    {
        string asked = Path.Combine(folder, "request.json"), made = Path.Combine(folder, "made");
        new StudyRequest(Path.Combine(folder, "images"), rule.Model, made, request) { AcceptOutside = rule.AcceptOutside }.Write(asked);
        string file = LogOf(study);
        JobEnd end;
        using (JobLog own = new(file))
        {
            JobCommand command = new(["pacs", "study", asked], folder) { Limits = definition.Limits, Withheld = [.. ((string[])[definition.Archive.CredentialsVariable, definition.IsShared ? definition.Queue : ""]).Where(name => name.Length > 0)] };
            end = await new JobProcess(settings.Program, command, own, _ => { }).Run(cancel).ConfigureAwait(false);
            own.Write("job", string.Create(CultureInfo.InvariantCulture, $"ended: exit code {end.Code}, at most {end.MostMemory / 1e9:0.00} GB of memory"));
        }

        cancel.ThrowIfCancellationRequested();
        string result = Path.Combine(made, StudyResult.FileName);
        return end.Reason.Length > 0 ? throw new StudyFailedException($"its process was ended: {end.Reason}")
            : end.Code != 0 || !File.Exists(result) ? throw new StudyFailedException(string.Create(CultureInfo.InvariantCulture, $"its process failed with exit code {end.Code} ({settings.Meaning(end.Code).Words}); what it said is in studies/{study.Pseudonym}.jsonl of the logs"))
            : StudyResult.Read(result);
    }

    private static string Described(StudyIndex index)
    {
        string[] seen = [.. index.Studies.SelectMany(study => study.Series).Select(series => $"{series.Modality} {series.Kind}{(series.Files[0].Radionuclide.Length > 0 ? $" of {series.Files[0].Radionuclide}" : "")}").Distinct(StringComparer.Ordinal)];
        return seen.Length > 0 ? string.Join(", ", seen) : $"none of its {index.FileCount} files is an image that can be read";
    }

    private static string Hash(IEnumerable<string> texts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', texts.Order(StringComparer.Ordinal)))));

    private static void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It goes with this process.
        }
    }
}
