using System.Globalization;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>A quantity that was measured twice in one case: by a reference and by what is judged (the activity in a drawn and in a predicted mask).</summary>
/// <param name="CaseId">Pseudonym of the case.</param>
/// <param name="PatientId">Pseudonym of the patient. All cases of a patient carry the same one.</param>
/// <param name="Part">What the quantity is of, where a case has several: a side.</param>
/// <param name="Reference">The reference's value.</param>
/// <param name="Measured">The other value, in the same unit.</param>
public sealed record PairedQuantity(string CaseId, string PatientId, string Part, double Reference, double Measured)
{
    /// <summary>Measured minus reference.</summary>
    public double Difference => Measured - Reference;

    /// <summary>The same in percent of the reference; not a number where that is 0.</summary>
    public double Percent => Reference == 0 ? double.NaN : 100 * Difference / Reference;
}

/// <summary>
/// How a quantity agrees with its reference, part by part (side by side): differences with Tukey's box, Student's and Wilcoxon's paired
/// tests, agreement after Bland and Altman, equivalence within margins. Several cases of one patient are not independent: tests are on the
/// mean of each patient's differences.
/// </summary>
/// <param name="Quantity">What is measured, such as "Activity concentration".</param>
/// <param name="Unit">Its unit; empty where it has none.</param>
/// <param name="Parts">The figures of each part, in the order of their first cases.</param>
/// <param name="Margin">The margin of equivalence, percent.</param>
public sealed record PairedAgreement(string Quantity, string Unit, IReadOnlyList<PartAgreement> Parts, double Margin)
{
    /// <summary>The margin of equivalence where nobody says, percent.</summary>
    public const double UsualMargin = 5;

    /// <summary>Compares measured quantities with their references.</summary>
    /// <param name="quantity">What is measured.</param>
    /// <param name="unit">Its unit; empty where it has none.</param>
    /// <param name="pairs">All cases. Where a value is not finite the pair is left out and counted.</param>
    /// <param name="margin">The margin of equivalence, percent, above 0.</param>
    /// <param name="level">Coverage of the intervals.</param>
    public static PairedAgreement Of(string quantity, string unit, IEnumerable<PairedQuantity> pairs, double margin = UsualMargin, double level = 0.95)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(quantity);
        ArgumentNullException.ThrowIfNull(unit);
        ArgumentNullException.ThrowIfNull(pairs);
        PartAgreement[] parts = [.. pairs.GroupBy(pair => pair.Part, StringComparer.Ordinal).Select(part => PartAgreement.Of(part.Key, [.. part], margin, level))];
        double[] t = HolmCorrection.Adjust([.. parts.Select(part => part.TTest?.P ?? double.NaN)]);
        double[] ranks = HolmCorrection.Adjust([.. parts.Select(part => part.Exact?.P ?? double.NaN)]);
        return new(quantity, unit, [.. parts.Select((part, i) => part with { AdjustedT = t[i], AdjustedExact = ranks[i] })], margin);
    }
}

/// <summary>How a quantity agrees with its reference in one part.</summary>
/// <param name="Part">The part.</param>
/// <param name="Pairs">The pairs that could be compared.</param>
/// <param name="Missing">Pairs with a value that is not there or a reference of 0.</param>
/// <param name="Patients">Patients of the pairs.</param>
public sealed record PartAgreement(string Part, IReadOnlyList<PairedQuantity> Pairs, int Missing, int Patients)
{
    // Ties of decimal figures are ties: differences are rounded before they are ranked.
    private const int Digits = 9;

    /// <summary>Tukey's box of the differences in percent; null where there is no pair.</summary>
    public TukeyBox? Box { get; private init; }

    /// <summary>Bias, deviation and limits of agreement of the differences in percent, one value a patient; null where there are fewer than two.</summary>
    public BlandAltman? Percent { get; private init; }

    /// <summary>The same of the differences themselves.</summary>
    public BlandAltman? Differences { get; private init; }

    /// <summary>Student's paired test of the differences.</summary>
    public PairedTTest? TTest { get; private init; }

    /// <summary>Wilcoxon's signed-rank test of the differences, two-sided, zeros dropped, by the exact distribution.</summary>
    public WilcoxonSignedRank? Exact { get; private init; }

    /// <summary>The same by the normal distribution.</summary>
    public WilcoxonSignedRank? Normal { get; private init; }

    /// <summary>The exact test of the differences in percent, which weigh small references more.</summary>
    public WilcoxonSignedRank? OfPercents { get; private init; }

    /// <summary>Whether the mean difference in percent lies within the margins.</summary>
    public Equivalence? Equivalence { get; private init; }

    /// <summary>The p value of "the measured values are lower than the reference by more than the margin".</summary>
    public double NonInferiorityP { get; private init; } = double.NaN;

    /// <summary>Pearson's correlation of both values over the pairs; not a number where one of them does not vary.</summary>
    public double Correlation { get; private init; } = double.NaN;

    /// <summary>What ML.NET's own evaluator of regressions says of the pairs, the reference as the label.</summary>
    public MLNetMetrics Stock { get; private init; } = MLNetMetrics.OfQuantities(new TestScores<QuantifiedCase>([]));

    /// <summary>Student's p value after Holm's correction over the parts.</summary>
    public double AdjustedT { get; internal init; } = double.NaN;

    /// <summary>Wilcoxon's exact p value after Holm's correction over the parts.</summary>
    public double AdjustedExact { get; internal init; } = double.NaN;

    /// <summary>What may be said of the bias, in a sentence.</summary>
    public string Verdict => this switch
    {
        { Percent: not { } } => $"{Part}: too few pairs to compare.",
        { Percent: { } spread, Equivalence: { } equivalence } => string.Create(CultureInfo.InvariantCulture,
            $"{Part}: {spread.Bias:+0.0;-0.0;0.0} % on average ({spread.BiasInterval.Lower:0.0} to {spread.BiasInterval.Upper:0.0}); {(equivalence.IsEquivalent ? $"equivalent within {equivalence.Upper:0.#} % (p {equivalence.P:0.0000})" : $"not shown to be equivalent within {equivalence.Upper:0.#} % (p {equivalence.P:0.000})")}."),
        _ => $"{Part}: too few pairs to compare.",
    };

    internal static PartAgreement Of(string part, PairedQuantity[] all, double margin, double level)
    {
        PairedQuantity[] pairs = [.. all.Where(pair => double.IsFinite(pair.Percent))];
        int patients = pairs.Select(pair => pair.PatientId).Distinct(StringComparer.Ordinal).Count();
        PartAgreement result = new(part, pairs, all.Length - pairs.Length, patients);
        if (pairs.Length == 0)
        {
            return result;
        }

        double[] differences = ByPatient(pairs, pair => pair.Difference), percents = ByPatient(pairs, pair => pair.Percent);
        result = result with
        {
            Stock = MLNetMetrics.OfQuantities(new TestScores<QuantifiedCase>(pairs.Select(pair => new QuantifiedCase(pair.CaseId, pair.PatientId, pair.Reference, pair.Measured)))) with { Label = part },
            Box = TukeyBox.Of([.. pairs.Select(pair => pair.Percent)]),
            Exact = WilcoxonSignedRank.Of(differences, exact: true),
            Normal = WilcoxonSignedRank.Of(differences, exact: false),
            OfPercents = WilcoxonSignedRank.Of(percents, exact: true),
        };
        return percents.Length < 2 ? result : result with
        {
            Percent = BlandAltman.Of(percents, level),
            Differences = BlandAltman.Of(differences, level),
            TTest = PairedTTest.Of(differences),
            Equivalence = Equivalence.Of(percents, -margin, margin, level),
            NonInferiorityP = Equivalence.NonInferiorityP(percents, margin),
            Correlation = CorrelationOf(pairs),
        };
    }

    private static double[] ByPatient(PairedQuantity[] pairs, Func<PairedQuantity, double> value) =>
        [.. pairs.GroupBy(pair => pair.PatientId, StringComparer.Ordinal).Select(patient => Math.Round(patient.Average(value), Digits))];

    private static double CorrelationOf(PairedQuantity[] pairs)
    {
        double meanA = pairs.Average(pair => pair.Reference), meanB = pairs.Average(pair => pair.Measured);
        double a = pairs.Sum(pair => (pair.Reference - meanA) * (pair.Reference - meanA)), b = pairs.Sum(pair => (pair.Measured - meanB) * (pair.Measured - meanB));
        return pairs.Sum(pair => (pair.Reference - meanA) * (pair.Measured - meanB)) / Math.Sqrt(a * b);
    }
}
