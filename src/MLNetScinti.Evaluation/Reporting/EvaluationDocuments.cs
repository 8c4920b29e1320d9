using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>An evaluation in metrics.json; the key "task" says of which kind.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "task")]
[JsonDerivedType(typeof(BinaryDocument), "binary")]
[JsonDerivedType(typeof(MulticlassDocument), "multiclass")]
[JsonDerivedType(typeof(MultiLabelDocument), "multilabel")]
[JsonDerivedType(typeof(SegmentationDocument), "segmentation")]
[JsonDerivedType(typeof(RegressionDocument), "regression")]
internal abstract record EvaluationDocument
{
    [JsonPropertyOrder(-2)]
    public required string Model { get; init; }

    [Range(0d, 1d), Description("Coverage of the intervals."), JsonPropertyOrder(-1)]
    public required double Level { get; init; }

    public static EvaluationDocument Of(IEvaluation evaluation) => evaluation switch
    {
        BinaryEvaluation binary => BinaryDocument.Of(binary),
        MulticlassEvaluation classes => MulticlassDocument.Of(classes),
        MultiLabelEvaluation labels => MultiLabelDocument.Of(labels),
        SegmentationEvaluation masks => SegmentationDocument.Of(masks),
        RegressionEvaluation quantities => RegressionDocument.Of(quantities),
        _ => throw new ArgumentException($"An evaluation of type {evaluation.GetType().Name} has no form in metrics.json.", nameof(evaluation)),
    };
}

/// <summary>Two classes.</summary>
internal sealed record BinaryDocument : EvaluationDocument
{
    public required ClassNamesPart Classes { get; init; }

    public required BinarySetPart Test { get; init; }

    public BinarySetPart? Validation { get; init; }

    public required OperatingPointPart OperatingPoint { get; init; }

    public OperatingPointPart? PaperProtocol { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Ranking { get; init; }

    [Description("Fitted on the validation set; no other figure is computed with it.")]
    public TemperaturePart? TemperatureScaling { get; init; }

    [Description("What ML.NET's own evaluator says, under its names.")]
    public required IReadOnlyDictionary<string, FigurePart> Mlnet { get; init; }

    public required IReadOnlyList<SubgroupPart> Subgroups { get; init; }

    public required IReadOnlyList<RocPointPart> Roc { get; init; }

    public required IReadOnlyList<PrecisionRecallPart> PrecisionRecall { get; init; }

    public required IReadOnlyList<ReliabilityPart> Reliability { get; init; }

    public required IReadOnlyList<BinaryCasePart> Cases { get; init; }

    public static BinaryDocument Of(BinaryEvaluation evaluation) => new()
    {
        Model = evaluation.Model,
        Level = evaluation.Options.Level,
        Classes = new() { Positive = evaluation.Options.Words.Positive, Negative = evaluation.Options.Words.Negative },
        Test = BinarySetPart.Of(evaluation.Test),
        Validation = evaluation.Validation is { } validation ? BinarySetPart.Of(validation) : null,
        OperatingPoint = OperatingPointPart.Of(evaluation.OperatingPoint),
        PaperProtocol = evaluation.PaperProtocol is { } paper ? OperatingPointPart.Of(paper) : null,
        Ranking = FigurePart.Of(evaluation.Ranking),
        TemperatureScaling = evaluation.Calibration is { } calibration ? TemperaturePart.Of(calibration) : null,
        Mlnet = FigurePart.Of(evaluation.Stock.Metrics),
        Subgroups = SubgroupPart.Of(evaluation.Subgroups),
        Roc = RocPointPart.Of(evaluation.Roc),
        PrecisionRecall = [.. (evaluation.PrecisionRecall?.Points ?? []).Select(point => new PrecisionRecallPart { Threshold = (float)point.Threshold, Precision = point.Precision, Recall = point.Recall })],
        Reliability = ReliabilityPart.Of(evaluation.Reliability),
        Cases = [.. evaluation.Test.Cases.Select(one => new BinaryCasePart
        {
            Case = one.CaseId,
            Patient = one.PatientId,
            Positive = one.Label,
            Score = one.Score,
            Probability = one.Probability,
            CalledPositive = evaluation.OperatingPoint.Threshold.IsPositive(one.Probability),
        })],
    };
}

/// <summary>Several classes, one of which is true.</summary>
internal sealed record MulticlassDocument : EvaluationDocument
{
    public required SetPart Test { get; init; }

    public SetPart? Validation { get; init; }

    [Description("The classes' names, in the order of the confusion table.")]
    public required IReadOnlyList<string> Classes { get; init; }

    [Description("Rows are the truth, columns what was called.")]
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    [Description("Each class against the rest.")]
    public required IReadOnlyList<ClassPart> ByClass { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Mlnet { get; init; }

    public required IReadOnlyList<SubgroupPart> Subgroups { get; init; }

    [Description("Of the probability of the most probable class.")]
    public required IReadOnlyList<ReliabilityPart> Reliability { get; init; }

    public required IReadOnlyList<MulticlassCasePart> Cases { get; init; }

    public static MulticlassDocument Of(MulticlassEvaluation evaluation) => new()
    {
        Model = evaluation.Model,
        Level = evaluation.Options.Level,
        Test = SetPart.Of(evaluation.Test),
        Validation = evaluation.Validation is { } validation ? SetPart.Of(validation) : null,
        Classes = evaluation.Names,
        Confusion = [.. evaluation.Names.Select((_, truth) => evaluation.Names.Select((_, called) => evaluation.Table[truth, called]).ToArray())],
        Metrics = FigurePart.Of(evaluation.Figures),
        ByClass = [.. evaluation.Classes.Select(one => new ClassPart { Name = one.Name, Cases = one.Cases, Metrics = FigurePart.Of(one.Entries), Roc = RocPointPart.Of(one.Roc) })],
        Mlnet = FigurePart.Of(evaluation.Stock.Metrics),
        Subgroups = SubgroupPart.Of(evaluation.Subgroups),
        Reliability = ReliabilityPart.Of(evaluation.Reliability),
        Cases = [.. evaluation.Test.Cases.Select(one => new MulticlassCasePart
        {
            Case = one.CaseId,
            Patient = one.PatientId,
            Label = evaluation.Names[one.Label],
            Called = evaluation.Names[one.Called],
            Probabilities = one.Probabilities,
        })],
    };
}

/// <summary>Several labels, each of which may apply.</summary>
internal sealed record MultiLabelDocument : EvaluationDocument
{
    public required SetPart Test { get; init; }

    public SetPart? Validation { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    public required IReadOnlyList<SubgroupPart> Subgroups { get; init; }

    [Description("Each label as an evaluation of two classes.")]
    public required IReadOnlyList<BinaryDocument> Labels { get; init; }

    public static MultiLabelDocument Of(MultiLabelEvaluation evaluation) => new()
    {
        Model = evaluation.Model,
        Level = evaluation.Options.Level,
        Test = SetPart.Of(evaluation.Test),
        Validation = evaluation.Validation is { } validation ? SetPart.Of(validation) : null,
        Metrics = FigurePart.Of(evaluation.Figures),
        Subgroups = SubgroupPart.Of(evaluation.Subgroups),
        Labels = [.. evaluation.Labels.Select(BinaryDocument.Of)],
    };
}

/// <summary>Masks.</summary>
internal sealed record SegmentationDocument : EvaluationDocument
{
    public required SetPart Test { get; init; }

    public SetPart? Validation { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    public required IReadOnlyList<MaskLabelPart> Labels { get; init; }

    public required IReadOnlyList<SubgroupPart> Subgroups { get; init; }

    public required IReadOnlyList<MaskCasePart> Cases { get; init; }

    public static SegmentationDocument Of(SegmentationEvaluation evaluation) => new()
    {
        Model = evaluation.Model,
        Level = evaluation.Options.Level,
        Test = SetPart.Of(evaluation.Test),
        Validation = evaluation.Validation is { } validation ? SetPart.Of(validation) : null,
        Metrics = FigurePart.Of(evaluation.Figures),
        Labels = [.. evaluation.Labels.Zip(evaluation.Stock, (label, stock) => new MaskLabelPart { Name = label.Name, Voxels = VoxelsPart.Of(label.Voxels), Metrics = FigurePart.Of(label.Metrics), Mlnet = FigurePart.Of(stock.Metrics) })],
        Subgroups = SubgroupPart.Of(evaluation.Subgroups),
        Cases = [.. evaluation.Test.Cases.SelectMany(one => one.Labels.Select((measures, k) => new MaskCasePart
        {
            Case = one.CaseId,
            Patient = one.PatientId,
            Label = evaluation.Names[k],
            Voxels = VoxelsPart.Of(measures.Voxels),
            Dice = measures.Dice.TryGetValue(out double dice) ? dice : null,
            Hausdorff95Mm = measures.Hausdorff95.TryGetValue(out double distance) ? distance : null,
            TrueVolume = measures.TrueVolume,
            PredictedVolume = measures.PredictedVolume,
        }))],
    };
}

/// <summary>Quantities.</summary>
internal sealed record RegressionDocument : EvaluationDocument
{
    public required SetPart Test { get; init; }

    public SetPart? Validation { get; init; }

    public required string Quantity { get; init; }

    public required string Unit { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Mlnet { get; init; }

    public required IReadOnlyList<SubgroupPart> Subgroups { get; init; }

    public required IReadOnlyList<QuantityCasePart> Cases { get; init; }

    public static RegressionDocument Of(RegressionEvaluation evaluation) => new()
    {
        Model = evaluation.Model,
        Level = evaluation.Options.Level,
        Test = SetPart.Of(evaluation.Test),
        Validation = evaluation.Validation is { } validation ? SetPart.Of(validation) : null,
        Quantity = evaluation.Quantity,
        Unit = evaluation.Unit,
        Metrics = FigurePart.Of(evaluation.Figures),
        Mlnet = FigurePart.Of(evaluation.Stock.Metrics),
        Subgroups = SubgroupPart.Of(evaluation.Subgroups),
        Cases = [.. evaluation.Test.Cases.Select(one => new QuantityCasePart { Case = one.CaseId, Patient = one.PatientId, Truth = one.Truth, Predicted = one.Predicted })],
    };
}

internal sealed record ClassNamesPart
{
    public required string Positive { get; init; }

    public required string Negative { get; init; }
}

internal sealed record SetPart
{
    public required int Patients { get; init; }

    public required int Cases { get; init; }

    public static SetPart Of(ICaseSet set) => new() { Patients = set.PatientIds.Count, Cases = set.Cases.Count };
}

internal sealed record BinarySetPart
{
    public required int Patients { get; init; }

    public required int Cases { get; init; }

    public required int Positives { get; init; }

    public required int Negatives { get; init; }

    public static BinarySetPart Of(ScoreSet set) => new() { Patients = set.PatientCount, Cases = set.Count, Positives = set.Positives, Negatives = set.Negatives };
}

internal sealed record OperatingPointPart
{
    public required ThresholdPart Threshold { get; init; }

    public required ConfusionPart Confusion { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    public static OperatingPointPart Of(OperatingPoint point) => new()
    {
        Threshold = new()
        {
            Value = point.Threshold.Value,
            Protocol = point.Threshold.Protocol,
            Optimistic = point.Threshold.IsOptimistic,
            Rule = point.Threshold.Rule,
            FittedOnCases = point.Threshold.FittedOnCases,
            FittedOnPatients = point.Threshold.FittedOnPatients,
        },
        Confusion = ConfusionPart.Of(point.Counts),
        Metrics = FigurePart.Of(point.Metrics),
    };
}

internal sealed record ThresholdPart
{
    [Range(0d, 1d)]
    public required float Value { get; init; }

    public required ThresholdProtocol Protocol { get; init; }

    [Description("Whether the cases judged chose it.")]
    public required bool Optimistic { get; init; }

    public required string Rule { get; init; }

    public required int FittedOnCases { get; init; }

    public required int FittedOnPatients { get; init; }
}

internal sealed record ConfusionPart
{
    public required int TruePositives { get; init; }

    public required int FalseNegatives { get; init; }

    public required int FalsePositives { get; init; }

    public required int TrueNegatives { get; init; }

    public static ConfusionPart Of(ConfusionCounts counts) => new() { TruePositives = counts.TruePositives, FalseNegatives = counts.FalseNegatives, FalsePositives = counts.FalsePositives, TrueNegatives = counts.TrueNegatives };
}

internal sealed record TemperaturePart
{
    public required double Temperature { get; init; }

    public IntervalPart? Interval { get; init; }

    [Description("Whether the fit ran into an end of the range searched.")]
    public required bool AtLimit { get; init; }

    public required int FittedOnCases { get; init; }

    public required int FittedOnPatients { get; init; }

    public required double ValidationLogLossBefore { get; init; }

    public required double ValidationLogLossAfter { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> TestAfter { get; init; }

    public required IReadOnlyList<ReliabilityPart> Reliability { get; init; }

    public static TemperaturePart Of(CalibrationFigures calibration) => new()
    {
        Temperature = calibration.Scaling.Temperature,
        Interval = IntervalPart.Of(calibration.TemperatureInterval),
        AtLimit = calibration.Scaling.IsAtLimit,
        FittedOnCases = calibration.FittedOnCases,
        FittedOnPatients = calibration.FittedOnPatients,
        ValidationLogLossBefore = calibration.Scaling.LossBefore,
        ValidationLogLossAfter = calibration.Scaling.LossAfter,
        TestAfter = FigurePart.Of(calibration.After),
        Reliability = ReliabilityPart.Of(calibration.Reliability),
    };
}

internal sealed record SubgroupPart
{
    public required string Grouping { get; init; }

    public required string Name { get; init; }

    public required int Cases { get; init; }

    public required int Patients { get; init; }

    public int? Positives { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    public static IReadOnlyList<SubgroupPart> Of(IReadOnlyList<Subgroup> groups) => [.. groups.Select(group => new SubgroupPart
    {
        Grouping = group.Grouping,
        Name = group.Name,
        Cases = group.Cases,
        Patients = group.Patients,
        Positives = group.Positives,
        Metrics = FigurePart.Of(group.Metrics),
    })];
}

internal sealed record RocPointPart
{
    [Description("Null for the first point, where nothing is called positive."), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required float? Threshold { get; init; }

    public required int TruePositives { get; init; }

    public required int FalsePositives { get; init; }

    [Range(0d, 1d)]
    public required double Sensitivity { get; init; }

    [Range(0d, 1d)]
    public required double Specificity { get; init; }

    /// <summary>The points; the threshold of the first is infinite, which JSON cannot say.</summary>
    public static IReadOnlyList<RocPointPart> Of(RocCurve? curve) => [.. (curve?.Points ?? []).Select(point => new RocPointPart
    {
        Threshold = double.IsFinite(point.Threshold) ? (float)point.Threshold : null,
        TruePositives = point.TruePositives,
        FalsePositives = point.FalsePositives,
        Sensitivity = point.Sensitivity,
        Specificity = point.Specificity,
    })];
}

internal sealed record PrecisionRecallPart
{
    [Range(0d, 1d)]
    public required float Threshold { get; init; }

    [Range(0d, 1d)]
    public required double Precision { get; init; }

    [Range(0d, 1d)]
    public required double Recall { get; init; }
}

internal sealed record ReliabilityPart
{
    [Range(0d, 1d)]
    public required double Lower { get; init; }

    [Range(0d, 1d)]
    public required double Upper { get; init; }

    public required int Cases { get; init; }

    [Description("Cases for which what the probability is of is true.")]
    public required int Positives { get; init; }

    [Range(0d, 1d)]
    public double? MeanProbability { get; init; }

    public static IReadOnlyList<ReliabilityPart> Of(IReadOnlyList<ReliabilityBin> bins) => [.. bins.Select(bin => new ReliabilityPart
    {
        Lower = bin.Lower,
        Upper = bin.Upper,
        Cases = bin.Cases,
        Positives = bin.Positives,
        MeanProbability = bin.Cases > 0 ? bin.MeanProbability : null,
    })];
}

internal sealed record BinaryCasePart
{
    [Description("A pseudonym.")]
    public required string Case { get; init; }

    [Description("A pseudonym.")]
    public required string Patient { get; init; }

    public required bool Positive { get; init; }

    public required float Score { get; init; }

    [Range(0d, 1d)]
    public required float Probability { get; init; }

    public required bool CalledPositive { get; init; }
}

internal sealed record ClassPart
{
    public required string Name { get; init; }

    public required int Cases { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    public required IReadOnlyList<RocPointPart> Roc { get; init; }
}

internal sealed record MulticlassCasePart
{
    [Description("A pseudonym.")]
    public required string Case { get; init; }

    [Description("A pseudonym.")]
    public required string Patient { get; init; }

    public required string Label { get; init; }

    public required string Called { get; init; }

    public required IReadOnlyList<float> Probabilities { get; init; }
}

internal sealed record VoxelsPart
{
    public required long TruePositives { get; init; }

    public required long FalsePositives { get; init; }

    public required long FalseNegatives { get; init; }

    public required long TrueNegatives { get; init; }

    public static VoxelsPart Of(VoxelCounts counts) => new() { TruePositives = counts.TruePositives, FalsePositives = counts.FalsePositives, FalseNegatives = counts.FalseNegatives, TrueNegatives = counts.TrueNegatives };
}

internal sealed record MaskLabelPart
{
    public required string Name { get; init; }

    [Description("Of all cases together.")]
    public required VoxelsPart Voxels { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Mlnet { get; init; }
}

internal sealed record MaskCasePart
{
    [Description("A pseudonym.")]
    public required string Case { get; init; }

    [Description("A pseudonym.")]
    public required string Patient { get; init; }

    public required string Label { get; init; }

    public required VoxelsPart Voxels { get; init; }

    [Range(0d, 1d), Description("Left out where both masks are empty.")]
    public double? Dice { get; init; }

    [Description("Left out where a mask is empty.")]
    public double? Hausdorff95Mm { get; init; }

    public required double TrueVolume { get; init; }

    public required double PredictedVolume { get; init; }
}

internal sealed record QuantityCasePart
{
    [Description("A pseudonym.")]
    public required string Case { get; init; }

    [Description("A pseudonym.")]
    public required string Patient { get; init; }

    public required double Truth { get; init; }

    public required double Predicted { get; init; }
}
