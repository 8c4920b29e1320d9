using Microsoft.ML;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>What a comparison is told besides its definitions.</summary>
public sealed record ComparisonSettings
{
    /// <summary>The command that was given, for the report.</summary>
    public required string Command { get; init; }

    /// <summary>The folder of the comparison's report. The models stay in their definitions' folders.</summary>
    public required string Output { get; init; }

    /// <summary>The preset that the definitions were read with, or null; for the report's words.</summary>
    public string? Preset { get; init; }

    /// <summary>Threads to compute with. Results do not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether the baseline of hand-made measures is among the models.</summary>
    public bool WithBaseline { get; init; } = true;

    /// <summary>Whether models that are there already are trained anew.</summary>
    public bool Retrain { get; init; }

    /// <summary>
    /// A folder with other patients' studies and their labels table, all of whom are tested on instead of the definitions' test
    /// patients; null for those.
    /// </summary>
    public string? TestFolder { get; init; }
}

/// <summary>What a finished comparison leaves.</summary>
/// <param name="Report">The report's content.</param>
/// <param name="Folder">The folder with metrics and report.</param>
/// <param name="LeftOut">The files that gave no case.</param>
public sealed record ComparisonOutcome(IComparisonReport Report, string Folder, IReadOnlyList<LeftOutStudy> LeftOut)
{
    /// <summary>The HTML report.</summary>
    public string HtmlFile => Path.Combine(Folder, "report.html");

    /// <summary>The figures as JSON.</summary>
    public string MetricsFile => Path.Combine(Folder, "metrics.json");
}

/// <summary>The patients of a comparison: the same ones for every model, with images as each model's settings make them.</summary>
internal sealed class ComparisonCases : IDisposable
{
    private readonly Dictionary<string, Prepared> _prepared = new(StringComparer.Ordinal);
    private readonly string? _testFolder;

    private ComparisonCases(string? testFolder) => _testFolder = testFolder;

    /// <summary>The cases of one set of settings.</summary>
    /// <param name="Cases">The definitions' cases.</param>
    /// <param name="Others">The other folder's; null where there is none.</param>
    /// <param name="Split">The split of the definitions' cases.</param>
    /// <param name="Test">The patients that all models are judged on.</param>
    public sealed record Prepared(CaseView Cases, CaseView? Others, PatientSplit Split, TestSet Test);

    /// <summary>The files that gave no case, of all folders.</summary>
    public IReadOnlyList<LeftOutStudy> LeftOut =>
        [.. _prepared.Values.SelectMany(one => one.Cases.LeftOut.Concat(one.Others?.LeftOut ?? [])).DistinctBy(study => study.File).OrderBy(study => study.File, StringComparer.Ordinal)];

    /// <summary>The cases as a definition's settings make them.</summary>
    public Prepared Of(PipelineDefinition definition) => _prepared[KeyOf(definition)];

    /// <summary>Models with the same key read the same images.</summary>
    public static string KeyOf(PipelineDefinition definition) => string.Join(',', definition.System.Settings.Select(setting => $"{setting.Key}={setting.Value}")) + (definition.Training.PermutedLabels ? $",{EvaluationDefinition.Permuted}" : "");

    /// <summary>Reads which patients there are, and splits them as the definitions say.</summary>
    public static ComparisonCases Read(
        MLContext ml, IReadOnlyList<PipelineDefinition> definitions, ComparisonSettings settings, IRunObserver observer, CancellationToken cancellationToken)
    {
        ComparisonCases cases = new(settings.TestFolder);
        // Other settings read the same files again.
        HashSet<string> told = new(StringComparer.Ordinal);
        void Tell(LeftOutStudy study)
        {
            if (told.Add(study.File))
            {
                observer.LeftOut(study);
            }
        }

        PipelineDefinition[] readings = [.. definitions.DistinctBy(KeyOf)];
        CaseView[] views = [.. readings.Select(definition => RunCases.Load(definition, definition.Data.Folder, settings.Threads, cancellationToken))];
        CaseView?[] others = [.. readings.Select(definition => settings.TestFolder is { } folder ? RunCases.Load(definition, folder, settings.Threads, cancellationToken) : null)];
        cancellationToken.ThrowIfCancellationRequested();
        if (readings.Length > 1)
        {
            // Settings that leave out other studies would divide, and judge, other patients.
            CaseView.KeepCommon(views);
            CaseView.KeepCommon([.. others.OfType<CaseView>()]);
            cancellationToken.ThrowIfCancellationRequested();
        }

        PatientSplit? first = null;
        foreach (((PipelineDefinition definition, CaseView view), CaseView? other) in readings.Zip(views).Zip(others))
        {
            PatientSplit divided = first is null ? RunCases.Split(ml, view, definition, Tell) : PatientSplitter.Like(view, first);
            first ??= divided;
            PatientSplit split = RunCases.Controlled(definition, divided, definition.Seed);
            cases._prepared.Add(KeyOf(definition), new Prepared(view, other, split, other is null ? split.Test : AllPatients(other, split)));
        }

        foreach (LeftOutStudy study in cases._prepared.Values.SelectMany(one => one.Others?.LeftOut ?? []))
        {
            Tell(study);
        }

        return cases;
    }

    /// <summary>What came in, for the report.</summary>
    public DataCard Card(PipelineDefinition definition)
    {
        Prepared one = Of(definition);
        CaseView[] folders = one.Others is null ? [one.Cases] : [one.Cases, one.Others];
        int offered = folders.Sum(view => view.StudyCount), left = folders.Sum(view => view.LeftOut.Count);
        return RunCards.Peopled(definition, folders, RunCards.Sets(one.Split, one.Test), new DataCard
        {
            Origin = folders.Select(view => view.Origin).Distinct().ToArray() is [var origin] ? origin : DataOrigin.Mixed,
            Description = RunCards.Describe(definition) + (_testFolder is null ? "" : " Tested on all patients of another folder, none of whom was trained or validated on."),
            Offered = offered,
            Read = offered - left,
            Skipped = LeftOutStudy.Written(folders.SelectMany(view => view.LeftOut)),
            Warnings = [.. folders.SelectMany(view => view.Warnings).GroupBy(warning => warning.Key, StringComparer.Ordinal).Select(group => new WarningCount(group.Key, group.Sum(warning => warning.Value)))],
            Facts = [.. definition.System.Words.Facts, .. folders.SelectMany(RunCards.Facts)],
        });
    }

    public void Dispose()
    {
        foreach (Prepared one in _prepared.Values)
        {
            one.Cases.Dispose();
            one.Others?.Dispose();
        }
    }

    // All patients of a folder as a test set: none of them may have been trained or validated on.
    private static TestSet AllPatients(CaseView cases, PatientSplit split)
    {
        cases.Settle();
        HashSet<string> patients = [.. cases.Read(images: false).Select(one => one.PatientId)];
        if (patients.Count == 0)
        {
            throw new NoStudyException("The test folder holds no study that gives a case.");
        }

        split.Membership.MustNotKnow(cases, "the models of this comparison");
        return new TestSet(cases, patients);
    }
}
