using System.Globalization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>Everything that a report tells: the same content goes to the console, to metrics.json and to the HTML page.</summary>
[TypeFormatterSource(typeof(EvaluationReport))]
public sealed record EvaluationReport
{
    /// <summary>The report's title.</summary>
    public required string Title { get; init; }

    /// <summary>The figures.</summary>
    public required IEvaluation Evaluation { get; init; }

    /// <summary>How to do it again.</summary>
    public required RunRecord Run { get; init; }

    /// <summary>What came in.</summary>
    public required DataCard Data { get; init; }

    /// <summary>What the model is.</summary>
    public required ModelCard Model { get; init; }

    /// <summary>How the training went, where known.</summary>
    public TrainingHistory? History { get; init; }

    /// <summary>The comparison with other models on the same cases, where there was one.</summary>
    public ModelComparison? Comparison { get; init; }

    /// <summary>The comparison with other models that drew masks of the same cases, where there was one.</summary>
    public SegmentationComparison? MaskComparison { get; init; }

    /// <summary>Quantities that the system measures in the true and in the predicted masks (an activity), beside the volumes that are compared in any case.</summary>
    public IReadOnlyList<PairedAgreement> Agreements { get; init; } = [];

    /// <summary>What the model looked at, where that was asked.</summary>
    public ExplanationSection? Explanation { get; init; }

    /// <summary>A model of hand-made measures beside the network, where that was asked.</summary>
    public BaselineSection? Baseline { get; init; }

    /// <summary>Images that were made and trained on beside patients', where there are any.</summary>
    public GenerationSection? Generation { get; init; }

    /// <summary>What else may give the answers away, where that was asked.</summary>
    public IReadOnlyList<AuditFinding> Audits { get; init; } = [];

    /// <summary>Pictures of cases; those of wrongly called cases are shown.</summary>
    public IReadOnlyList<CasePicture> Pictures { get; init; } = [];
}

/// <summary>A picture of a case for the report.</summary>
/// <param name="CaseId">The case's pseudonym, as in its <see cref="ScoredCase"/>.</param>
/// <param name="Png">The picture as a PNG file.</param>
/// <param name="Caption">What is seen, in a few words, such as "Coronal maximum intensity projection".</param>
/// <param name="AlternativeText">The same for who cannot see it.</param>
[TypeFormatterSource(typeof(CasePicture))]
public sealed record CasePicture(string CaseId, ReadOnlyMemory<byte> Png, string Caption, string AlternativeText);

/// <summary>What the model looked at: maps over images of some cases, and how well the maps agree with true findings.</summary>
public sealed record ExplanationSection
{
    /// <summary>How the maps were made, a sentence each.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>The agreement of each kind of map with the truth, the most telling first.</summary>
    public required IReadOnlyList<ExplanationAgreement> Agreements { get; init; }

    /// <summary>The agreement on which the verdict rests, named beforehand; the first where none was; null where there is none.</summary>
    public ExplanationAgreement? Primary => Agreements.FirstOrDefault(one => one.IsPrimary) ?? (Agreements.Count > 0 ? Agreements[0] : null);

    /// <summary>The cases shown, the wrongly called first.</summary>
    public required IReadOnlyList<ExplainedCase> Cases { get; init; }
}

/// <summary>One case of the report with the maps that explain what the model said of it.</summary>
/// <param name="CaseId">The case's pseudonym, as in its <see cref="ScoredCase"/>.</param>
/// <param name="Truth">The name of the true class.</param>
/// <param name="Called">The name of the class that the model called.</param>
/// <param name="Probability">The model's probability of what the maps are about.</param>
/// <param name="Pictures">The maps over the images, each a PNG file with its caption and its words for who cannot see it.</param>
/// <param name="Findings">What the maps show, a short sentence each.</param>
public sealed record ExplainedCase(
    string CaseId, string Truth, string Called, double Probability, IReadOnlyList<CasePicture> Pictures, IReadOnlyList<string> Findings);

/// <summary>The agreement of maps with the truth in sentences.</summary>
internal static class ExplanationText
{
    /// <summary>One line, for the console: "hottest place at a true finding in 12 of 20 ... (chance 31 %, p 0.004)".</summary>
    public static string Line(ExplanationAgreement agreement, EvaluationOptions options)
    {
        if (!agreement.HitRate.TryGetValue(out double rate))
        {
            return $"{agreement.Name}: undefined, {agreement.HitRate.UndefinedReason}";
        }

        ConfidenceInterval interval = agreement.HitRate.Interval!;
        return $"{agreement.Name}: hottest within {Millimetres(agreement.Tolerance)} of a true {options.Words.Finding} in {agreement.Cases.Count(one => one.Hit)} of {FigureText.Cases(options, agreement.Cases.Count)} "
            + $"({FigureText.Percent(rate, "0")}; {FigureText.Percent(interval.Lower, "0")} to {FigureText.Percent(interval.Upper, "0")}; {(agreement.OnOthers is { IsDefined: true } others ? $"on other patients' {options.Words.Findings} {FigureText.Percent(others.Value, "0")}, " : "")}{(agreement.BlindRule is { } blind ? $"best place without the image {FigureText.Percent(blind.Value, "0")}, " : "")}{(agreement.OnOthers is null ? "chance" : "a random place")} {FigureText.Percent(agreement.Chance.Value, "0")}, p {P(agreement)})";
    }

    /// <summary>Whether the maps can be trusted to point, in a sentence.</summary>
    public static string Verdict(ExplanationAgreement agreement, EvaluationOptions options)
    {
        if (!agreement.HitRate.TryGetValue(out double rate))
        {
            return $"Whether the maps point at {options.Words.Findings} cannot be said: {agreement.HitRate.UndefinedReason}.";
        }

        string found = $"In {agreement.Cases.Count(one => one.Hit)} of {FigureText.Count(agreement.Cases.Count)} {options.Words.Positive} {options.Words.Cases} ({FigureText.Percent(rate, "0")}) the map is hottest at a true {options.Words.Finding}, or within {Millimetres(agreement.Tolerance)} of one; "
            + $"a place picked at random would be there in {FigureText.Percent(agreement.Chance.Value, "0")}";
        if (agreement.OnOthers is null)
        {
            return $"{found}." + (agreement.P.Value < 1 - options.Level, rate > agreement.Chance.Value) switch
            {
                (true, _) => $" That is more often than chance, but {options.Words.Findings} do not lie everywhere alike, and whether the maps know more than where they usually are was not tried.",
                (_, true) => $" That is more, but with so few cases it cannot be told from chance: the maps must not be read as showing where a {options.Words.Finding} is.",
                _ => $" That is no better than chance: the maps must not be read as showing where a {options.Words.Finding} is.",
            };
        }

        string beside = $"{(agreement.OnOthers.IsDefined ? $", the same maps put on other patients' {options.Words.Findings} are in {FigureText.Percent(agreement.OnOthers.Value, "0")}" : "")}{(agreement.BlindRule is { } blind ? $", and the one place that suits other patients best, chosen without looking at the image, in {FigureText.Percent(blind.Value, "0")}" : "")}.";
        return found + beside + (agreement.P.IsDefined, agreement.P.IsDefined && agreement.P.Value < 1 - options.Level, agreement.BlindRule is { } rule && rule.Value >= rate) switch
        {
            (false, _, _) => $" Whether the maps know where the {options.Words.Findings} of their own patient are cannot be said: {agreement.P.UndefinedReason}.",
            (_, true, false) => $" The maps do point at {options.Words.Findings} of their own patient more often than at others' (patients exchanged, p {P(agreement)}), but not reliably enough to find one by them alone.",
            (_, true, true) => $" The maps point at {options.Words.Findings} of their own patient more often than at others' (patients exchanged, p {P(agreement)}), but a rule that never looks at the image is there as often: they must not be read as showing where a {options.Words.Finding} is.",
            _ => $" That cannot be told from what they do on other patients (patients exchanged, p {P(agreement)}): the maps must not be read as showing where a {options.Words.Finding} is.",
        };
    }

    public static string P(ExplanationAgreement agreement) => !agreement.P.IsDefined ? "undefined" : agreement.P.Value < 0.001 ? "< 0.001" : FigureText.Number(agreement.P.Value);

    public static string Millimetres(double value) => value.ToString("0.#", CultureInfo.InvariantCulture) + "\u00A0mm";
}
