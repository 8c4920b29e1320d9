using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation.Reporting;

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

internal sealed record RiskPart
{
    [Description("Observed over expected, calibration in the large, intercept and slope on the test cases as they are.")]
    public required IReadOnlyDictionary<string, FigurePart> Calibration { get; init; }

    [Description("The same sensitivity and specificity where other shares of the cases are positive, in ascending order.")]
    public required IReadOnlyList<PrevalencePart> Prevalences { get; init; }

    public required DecisionCurvePart DecisionCurve { get; init; }

    public static RiskPart Of(RiskFigures risk) => new()
    {
        Calibration = FigurePart.Of(risk.Line),
        Prevalences = [.. risk.Prevalences.Select(row => new PrevalencePart
        {
            Of = row.Kind,
            Prevalence = row.Prevalence,
            PositivePredictiveValue = FigurePart.Of(row.PositivePredictiveValue),
            NegativePredictiveValue = FigurePart.Of(row.NegativePredictiveValue),
            ObservedToExpected = FigurePart.Of(row.ObservedToExpected),
            ObservedToExpectedAfterShift = row.ObservedToExpectedAfterShift is { } after ? FigurePart.Of(after) : null,
        })],
        DecisionCurve = new()
        {
            Prevalence = risk.CurvePrevalence,
            Points = [.. risk.Curve.Select(point => new NetBenefitPart { Threshold = point.Threshold, Model = point.Model, All = point.All })],
        },
    };
}

internal sealed record PrevalencePart
{
    [Description("Whose share it is: the test set's, that of all labelled cases, or one that was stated.")]
    public required PrevalenceKind Of { get; init; }

    [Range(0d, 1d)]
    public required double Prevalence { get; init; }

    public required FigurePart PositivePredictiveValue { get; init; }

    public required FigurePart NegativePredictiveValue { get; init; }

    [Description("Positive cases for each one that the probabilities promise, as they are.")]
    public required FigurePart ObservedToExpected { get; init; }

    [Description("The same with the probabilities taken to this prevalence; left out where it is not known for which one they were made.")]
    public FigurePart? ObservedToExpectedAfterShift { get; init; }
}

internal sealed record DecisionCurvePart
{
    [Range(0d, 1d), Description("The share of positive cases reckoned with; the probabilities are taken there first, where it is known for which one they were made.")]
    public required double Prevalence { get; init; }

    public required IReadOnlyList<NetBenefitPart> Points { get; init; }
}

internal sealed record NetBenefitPart
{
    [Range(0d, 1d), Description("The probability from which one acts.")]
    public required double Threshold { get; init; }

    [Description("Net benefit of acting where the model says so, in true alarms a case.")]
    public required double Model { get; init; }

    [Description("Net benefit of acting on every case. Acting on none is worth 0.")]
    public required double All { get; init; }
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

internal sealed record ConfusionTablePart
{
    [Description("In the order of rows and columns.")]
    public required IReadOnlyList<string> Names { get; init; }

    [Description("Rows are the truth, columns what was called.")]
    public required IReadOnlyList<IReadOnlyList<int>> Counts { get; init; }

    public static ConfusionTablePart Of(ClassTable table) => new()
    {
        Names = table.Names,
        Counts = [.. table.Names.Select((_, truth) => table.Names.Select((_, called) => table[truth, called]).ToArray())],
    };
}

internal sealed record ByPatientPart
{
    public required int Patients { get; init; }

    public required ConfusionTablePart Confusion { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    public static ByPatientPart Of(IEvaluation patients, ClassTable table) => new()
    {
        Patients = patients.Test.Cases.Count,
        Confusion = ConfusionTablePart.Of(table),
        Metrics = FigurePart.Of(patients.Figures),
    };
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
