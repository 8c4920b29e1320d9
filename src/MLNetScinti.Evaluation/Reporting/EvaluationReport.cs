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

    /// <summary>What the model looked at, where that was asked.</summary>
    public ExplanationSection? Explanation { get; init; }

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
