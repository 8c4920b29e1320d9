using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation;

/// <summary>
/// The evaluation of a model that draws masks: for each label the means over the cases of overlap, distances of surfaces and
/// differences of volumes, with intervals by the bootstrap by patient, and what the voxels of all cases give together.
/// </summary>
[TypeFormatterSource(typeof(SegmentationEvaluation))]
public sealed class SegmentationEvaluation : IEvaluation
{
    internal const string MeanDiceKey = "meanDice", MeanJaccardKey = "meanJaccard";

    private SegmentationEvaluation(EvaluationOptions options, IReadOnlyList<string> names, TestScores<SegmentedCase> test, ICaseSet? validation) =>
        (Options, Names, Test, Validation) = (options, names, test, validation);

    /// <inheritdoc/>
    public string Task => "segmentation";

    /// <inheritdoc/>
    public EvaluationOptions Options { get; }

    /// <summary>The model's name.</summary>
    public string Model => Options.Model;

    /// <summary>The labels' names, in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The cases judged.</summary>
    public TestScores<SegmentedCase> Test { get; }

    ICaseSet IEvaluation.Test => Test;

    /// <inheritdoc/>
    public ICaseSet? Validation { get; }

    /// <summary>The mean over the labels of their mean overlaps.</summary>
    public IReadOnlyList<MetricEntry> Figures { get; private init; } = [];

    /// <summary>The mean over the labels of the mean Dice coefficient.</summary>
    public Metric MeanDice => Figures.Named(MeanDiceKey);

    /// <summary>The figures of each label.</summary>
    public IReadOnlyList<SegmentationFigures> Labels { get; private init; } = [];

    /// <summary>The volumes of predicted masks against those of the true ones, label by label: cases without a true mask have no percent and are counted apart.</summary>
    public PairedAgreement? Volumes { get; private init; }

    /// <summary>What models of some kind cannot pass in these cases, and this one beside it; null where the system says nothing of the kind, or no case has it.</summary>
    public CeilingFigures? Ceiling { get; private init; }

    /// <inheritdoc/>
    public IReadOnlyList<Subgroup> Subgroups { get; private init; } = [];

    /// <summary>What ML.NET's own evaluator says of the voxels of each label.</summary>
    public IReadOnlyList<MLNetMetrics> Stock { get; private init; } = [];

    /// <summary>Judges the masks of a test set.</summary>
    /// <param name="names">The labels' names, in order.</param>
    /// <param name="test">The test cases.</param>
    /// <param name="options">Level, replicates, seed, words, groupings.</param>
    /// <exception cref="ArgumentException">There is no label, or a case has another number of labels.</exception>
    public static SegmentationEvaluation Of(IReadOnlyList<string> names, TestScores<SegmentedCase> test, EvaluationOptions? options = null) => Make(names, null, test, options);

    /// <summary>Judges the masks of a test set whose threshold was fitted on validation data.</summary>
    /// <param name="names">The labels' names, in order.</param>
    /// <param name="validation">The validation cases, of whatever kind.</param>
    /// <param name="test">The test cases.</param>
    /// <param name="options">Level, replicates, seed, words, groupings.</param>
    /// <exception cref="LeakedPatientException">A patient is in both sets.</exception>
    /// <exception cref="ArgumentException">There is no label, or a case has another number of labels.</exception>
    public static SegmentationEvaluation Of(IReadOnlyList<string> names, ICaseSet validation, TestScores<SegmentedCase> test, EvaluationOptions? options = null)
    {
        LeakedPatientException.ThrowIfShared(validation, test);
        return Make(names, validation, test, options);
    }

    private static SegmentationEvaluation Make(IReadOnlyList<string> names, ICaseSet? validation, TestScores<SegmentedCase> test, EvaluationOptions? options)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(test);
        options ??= new();
        if (names.Count == 0 || test.Cases.FirstOrDefault(one => one.Labels.Count != names.Count) is not null)
        {
            SegmentedCase? odd = test.Cases.FirstOrDefault(one => one.Labels.Count != names.Count);
            throw new ArgumentException(odd is null ? "A segmentation has at least one label." : $"{test.Name} set: case '{odd.CaseId}' has measures of {odd.Labels.Count} labels, expected {names.Count} ({string.Join(", ", names)}).", nameof(test));
        }

        SegmentationFigures[] labels = [.. names.Select((name, k) => SegmentationFigures.Of(name, k, test, options)).Select(label => label with { Metrics = label.Metrics.Marked(options.Mark) })];
        return new(options, names, test, validation)
        {
            Labels = labels,
            Figures = Overall(names, test, options).Marked(options.Mark),
            Volumes = test.Count == 0 ? null : PairedAgreement.Of("Volume", "ml", test.Cases.SelectMany(one => names.Select((name, k) => new PairedQuantity(one.CaseId, one.PatientId, name, one.Labels[k].TrueVolume, one.Labels[k].PredictedVolume))), level: options.Level),
            Ceiling = options.Ceiling is { } ceiling
                ? CeilingFigures.Of(ceiling, test.Cases.Select(one => ((EvaluatedCase)one, one.Labels.Select(label => label.Dice.TryGetValue(out double dice) ? dice : double.NaN).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average())), options) : null,
            Subgroups = Subgroup.Of(test, options, (_, members) => (null, Overall(names, new TestScores<SegmentedCase>(members.Select(i => test.Cases[i])), options with { BootstrapReplicates = 0 }).Marked(options.Mark))),
            Stock = [.. labels.Select(label => MLNetMetrics.OfVoxels(label.Name, label.Voxels, test.Count, test.PatientCount).Marked(options.Mark))],
        };
    }

    private static IReadOnlyList<MetricEntry> Overall(IReadOnlyList<string> names, TestScores<SegmentedCase> test, EvaluationOptions options)
    {
        MaskMeasure[] measures = [MaskMeasure.Dice, MaskMeasure.Jaccard];
        string[] keys = [MeanDiceKey, MeanJaccardKey];
        double[][][] values = [.. measures.Select(measure => names.Select((_, k) => measure.Values(test, k)).ToArray())];
        PatientBootstrap bootstrap = new(test.PatientOfCase, options.BootstrapReplicates, options.Seed);
        IReadOnlyList<ConfidenceInterval?> resampled = bootstrap.Intervals([.. values.Select(labels => (Func<int[], double>)(weights => labels.Average(label => CaseMeans.Of(label, weights))))], options.Level);
        int[] once = [.. Enumerable.Repeat(1, test.Count)];
        return [.. measures.Select((measure, m) =>
        {
            double mean = values[m].Average(label => CaseMeans.Of(label, once));
            return new MetricEntry(keys[m], $"{measure.Name}, mean", $"{measure.Meaning} Mean over the cases, then over the labels.", double.IsFinite(mean)
                ? Metric.Of(mean, test.Count, test.PatientCount, resampled[m] is { HasWidth: true } ? resampled[m] : null)
                : Metric.Undefined(test.Count == 0 ? "the test set is empty" : "both masks of a label are empty in every case", test.Count, test.PatientCount));
        })];
    }
}

/// <summary>One case whose masks were judged: for each label what was measured.</summary>
/// <param name="CaseId">Pseudonym of the case, unique in its set.</param>
/// <param name="PatientId">Pseudonym of the patient. All cases of a patient carry the same one.</param>
/// <param name="Labels">The measures of each label, in the order of the labels.</param>
public sealed record SegmentedCase(string CaseId, string PatientId, IReadOnlyList<MaskMeasures> Labels) : EvaluatedCase(CaseId, PatientId);

/// <summary>The figures of one label over the cases.</summary>
/// <param name="Name">The label's name.</param>
/// <param name="Voxels">The voxels of all cases together.</param>
/// <param name="Metrics">Means over the cases, and what all voxels together give.</param>
public sealed record SegmentationFigures(string Name, VoxelCounts Voxels, IReadOnlyList<MetricEntry> Metrics)
{
    /// <summary>The mean over the cases of Dice's coefficient.</summary>
    public Metric Dice => Metrics.Named(MaskMeasure.Dice.Key);

    /// <summary>The mean over the cases of the 95th percentile of Hausdorff's distance.</summary>
    public Metric Hausdorff95 => Metrics.Named(MaskMeasure.Hausdorff95.Key);

    /// <summary>The mean over the cases of the difference of volumes, predicted minus true.</summary>
    public Metric VolumeDifference => Metrics.Named(MaskMeasure.VolumeDifference.Key);

    internal static SegmentationFigures Of(string name, int label, TestScores<SegmentedCase> test, EvaluationOptions options)
    {
        VoxelCounts voxels = VoxelCounts.Sum(test.Cases.Select(one => one.Labels[label].Voxels));
        PatientBootstrap bootstrap = new(test.PatientOfCase, options.BootstrapReplicates, options.Seed);
        double[][] values = [.. MaskMeasure.All.Select(measure => measure.Values(test, label))];
        IReadOnlyList<ConfidenceInterval?> resampled = bootstrap.Intervals(
            [
                .. values.Select(all => (Func<int[], double>)(weights => CaseMeans.Of(all, weights))),
                weights => Pooled(test, label, weights).Dice.TryGetValue(out double dice) ? dice : double.NaN,
            ],
            options.Level);
        int[] once = [.. Enumerable.Repeat(1, test.Count)];
        List<MetricEntry> metrics = [.. MaskMeasure.All.Select((measure, m) =>
        {
            bool[] isThere = [.. values[m].Select(double.IsFinite)];
            int cases = isThere.Count(there => there), patients = test.PatientOfCase.Where((_, i) => isThere[i]).Distinct().Count();
            return new MetricEntry(measure.Key, measure.Name, $"{measure.Meaning} Mean over the cases in which it is defined.", cases == 0
                ? Metric.Undefined(test.Count == 0 ? "the test set is empty" : measure.Undefined, test.Count, test.PatientCount)
                : Metric.Of(CaseMeans.Of(values[m], once), cases, patients, resampled[m] is { HasWidth: true } ? resampled[m] : null)) { HasOpenScale = measure.Unit.Length > 0 || measure == MaskMeasure.RelativeVolumeDifference };
        })];
        ConfidenceInterval? pooled = resampled[^1];
        metrics.Add(new("pooledDice", "Dice of all voxels", "Dice's coefficient of the voxels of all cases together: large masks weigh more.", voxels.Dice.TryGetValue(out double value)
            ? Metric.Of(value, test.Count, test.PatientCount, pooled is { HasWidth: true } ? pooled : null)
            : Metric.Undefined(voxels.Dice.UndefinedReason!, test.Count, test.PatientCount)));
        return new(name, voxels, metrics);
    }

    private static VoxelCounts Pooled(TestScores<SegmentedCase> test, int label, int[] weights)
    {
        long tp = 0, fp = 0, fn = 0, tn = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            VoxelCounts one = test.Cases[i].Labels[label].Voxels;
            tp += weights[i] * one.TruePositives;
            fp += weights[i] * one.FalsePositives;
            fn += weights[i] * one.FalseNegatives;
            tn += weights[i] * one.TrueNegatives;
        }

        return new(tp, fp, fn, tn);
    }
}

/// <summary>Means over the cases in which a measure is defined (NaN where it is not), each as often as drawn.</summary>
internal static class CaseMeans
{
    public static double Of(double[] values, int[] weights)
    {
        double sum = 0, count = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsFinite(values[i]))
            {
                sum += weights[i] * values[i];
                count += weights[i];
            }
        }

        return count == 0 ? double.NaN : sum / count;
    }
}
