using System.Globalization;
using Microsoft.ML;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>The patients of a comparison: the same ones for every model, with kidneys of each size that a model reads.</summary>
internal sealed class ComparisonCases
{
    private readonly Dictionary<int, (ValidationSet Validation, TestSet Test)> _sets = [];
    private readonly List<KidneyDataView> _kidneys = [];
    private readonly string? _testFolder;

    private ComparisonCases(SizedSplit split, string? testFolder)
    {
        Split = split;
        _testFolder = testFolder;
    }

    /// <summary>The split of the first definition, and the size of its kidneys.</summary>
    public SizedSplit Split { get; }

    /// <summary>The patients that all models are judged on.</summary>
    public TestSet Test => _sets[Split.Size].Test;

    /// <summary>The files that gave no case, of all folders.</summary>
    public IReadOnlyList<LeftOutStudy> LeftOut =>
        [.. _kidneys.SelectMany(kidneys => kidneys.LeftOut).DistinctBy(study => study.File).OrderBy(study => study.File, StringComparer.Ordinal)];

    /// <summary>Validation and test patients with kidneys of a size.</summary>
    public (ValidationSet Validation, TestSet Test) OfSize(int size) => _sets[size];

    /// <summary>Reads which patients there are, and splits them as the definitions say.</summary>
    public static ComparisonCases Read(
        MLContext ml, IReadOnlyList<PipelineDefinition> definitions, ComparisonSettings settings, IRunObserver observer, CancellationToken cancellationToken)
    {
        ComparisonCases? cases = null;
        foreach (PipelineDefinition definition in definitions.DistinctBy(one => one.Kidneys.Size))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int size = definition.Kidneys.Size;
            KidneyDataView kidneys = KidneyStudies.Load(ml, definition, definition.Data.Folder, settings.Threads);
            PatientSplit split = KidneyStudies.Split(ml, kidneys, definition);
            cases ??= new ComparisonCases(new SizedSplit(size, split), settings.TestFolder);
            cases._kidneys.Add(kidneys);
            TestSet test = split.Test;
            if (settings.TestFolder is { } folder)
            {
                KidneyDataView others = KidneyStudies.Load(ml, definition, folder, settings.Threads);
                test = KidneyStudies.AllPatients(others, split);
                cases._kidneys.Add(others);
            }

            cases._sets.Add(size, (split.Validation, test));
        }

        foreach (LeftOutStudy study in cases!.LeftOut)
        {
            observer.LeftOut(study);
        }

        return cases;
    }

    /// <summary>What came in, for the report.</summary>
    public DataCard Card(PipelineDefinition definition)
    {
        KidneyDataView[] folders = _testFolder is null ? [_kidneys[0]] : [_kidneys[0], _kidneys[1]];
        int offered = folders.Sum(kidneys => kidneys.Studies.FileCount), left = folders.Sum(kidneys => kidneys.LeftOut.Count);
        (ValidationSet validation, TestSet test) = OfSize(Split.Size);
        return new DataCard
        {
            Origin = definition.Data.Simulation is null ? DataOrigin.Real : DataOrigin.Simulated,
            Description = RunCards.Describe(definition) + (_testFolder is null ? "" : " Tested on all patients of another folder, none of whom was trained or validated on."),
            Offered = offered,
            Read = offered - left,
            Skipped = [.. folders.SelectMany(kidneys => kidneys.LeftOut).Select(study => new SkippedInput(study.File, study.Sentence))],
            Splits =
            [
                KidneyStudies.Count("training", Split.Patients.Train, Split.Patients.Train.Patients.Count),
                KidneyStudies.Count("validation", validation, validation.Patients.Count),
                KidneyStudies.Count("test", test, test.Patients.Count),
            ],
            Facts = [new("Image", string.Create(CultureInfo.InvariantCulture, $"cubes of {string.Join(" and ", _sets.Keys.Order())} voxels around each kidney, counts"))],
        };
    }

    /// <summary>A split, and the size of the kidneys in its views.</summary>
    internal sealed record SizedSplit(int Size, PatientSplit Patients);
}
