using System.ComponentModel;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>How a quantity agrees with its reference, in metrics.json.</summary>
internal sealed record PairedAgreementPart
{
    public required string Quantity { get; init; }

    public required string Unit { get; init; }

    [Description("The margin of equivalence, percent.")]
    public required double MarginPercent { get; init; }

    public required IReadOnlyList<AgreementOfPart> Parts { get; init; }

    public static PairedAgreementPart Of(PairedAgreement agreement) => new()
    {
        Quantity = agreement.Quantity,
        Unit = agreement.Unit,
        MarginPercent = agreement.Margin,
        Parts = [.. agreement.Parts.Select(AgreementOfPart.Of)],
    };

    /// <summary>All agreements of a report: volumes of masks, and what the system measures in them.</summary>
    public static IReadOnlyList<PairedAgreement> AllOf(EvaluationReport report) =>
        report.Evaluation is SegmentationEvaluation { Volumes: { } volumes } ? [volumes, .. report.Agreements] : report.Agreements;
}

/// <summary>One part of it, such as a side. Figures that are undefined are left out.</summary>
internal sealed record AgreementOfPart
{
    public required string Part { get; init; }

    public required int Pairs { get; init; }

    public required int Missing { get; init; }

    public required int Patients { get; init; }

    [Description("The mean difference in percent of the reference, patient by patient.")]
    public double? BiasPercent { get; init; }

    public IntervalPart? BiasInterval { get; init; }

    public double? DeviationPercent { get; init; }

    public double? LowerLimitPercent { get; init; }

    public IntervalPart? LowerLimitInterval { get; init; }

    public double? UpperLimitPercent { get; init; }

    public IntervalPart? UpperLimitInterval { get; init; }

    public double? MedianPercent { get; init; }

    public double? FirstQuartilePercent { get; init; }

    public double? ThirdQuartilePercent { get; init; }

    [Description("Differences in percent beyond Tukey's whiskers.")]
    public required IReadOnlyList<double> OutliersPercent { get; init; }

    public double? Correlation { get; init; }

    [Description("Student's paired test of the differences.")]
    public double? PairedTP { get; init; }

    [Description("Wilcoxon's signed-rank test of the differences, two-sided, zeros dropped, exact given ties.")]
    public double? WilcoxonExactP { get; init; }

    [Description("The same by the normal distribution.")]
    public double? WilcoxonNormalP { get; init; }

    public double? PairedTHolmP { get; init; }

    public double? WilcoxonHolmP { get; init; }

    [Description("Two one-sided t tests of the differences in percent within the margin.")]
    public double? EquivalenceP { get; init; }

    public IntervalPart? EquivalenceInterval { get; init; }

    [Description("That values are not lower than the reference by more than the margin.")]
    public double? NonInferiorityP { get; init; }

    [Description("ML.NET's evaluator of regressions, under ML.NET's names.")]
    public IReadOnlyDictionary<string, FigurePart>? Mlnet { get; init; }

    public static AgreementOfPart Of(PartAgreement part) => new()
    {
        Part = part.Part,
        Pairs = part.Pairs.Count,
        Missing = part.Missing,
        Patients = part.Patients,
        BiasPercent = Known(part.Percent?.Bias),
        BiasInterval = IntervalPart.Of(part.Percent?.BiasInterval),
        DeviationPercent = Known(part.Percent?.Deviation),
        LowerLimitPercent = Known(part.Percent?.LowerLimit),
        LowerLimitInterval = IntervalPart.Of(part.Percent?.LowerInterval),
        UpperLimitPercent = Known(part.Percent?.UpperLimit),
        UpperLimitInterval = IntervalPart.Of(part.Percent?.UpperInterval),
        MedianPercent = part.Box?.Median,
        FirstQuartilePercent = part.Box?.FirstQuartile,
        ThirdQuartilePercent = part.Box?.ThirdQuartile,
        OutliersPercent = part.Box?.Outliers ?? [],
        Correlation = Known(part.Correlation),
        PairedTP = Known(part.TTest?.P),
        WilcoxonExactP = part.Exact is { IsExact: true } exact ? Known(exact.P) : null,
        WilcoxonNormalP = Known(part.Normal?.P),
        PairedTHolmP = Known(part.AdjustedT),
        WilcoxonHolmP = Known(part.AdjustedExact),
        EquivalenceP = Known(part.Equivalence?.P),
        EquivalenceInterval = IntervalPart.Of(part.Equivalence?.Interval),
        NonInferiorityP = Known(part.NonInferiorityP),
        Mlnet = part.Pairs.Count > 0 ? FigurePart.Of(part.Stock.Metrics) : null,
    };

    private static double? Known(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
