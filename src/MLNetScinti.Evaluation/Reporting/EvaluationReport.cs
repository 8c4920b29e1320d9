using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>Everything that a report tells: the same content goes to the console, to metrics.json and to the HTML page.</summary>
[TypeFormatterSource(typeof(EvaluationReport))]
public sealed record EvaluationReport
{
    /// <summary>The report's title.</summary>
    public required string Title { get; init; }

    /// <summary>The figures.</summary>
    public required BinaryEvaluation Evaluation { get; init; }

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

    /// <summary>What the model looked at, where that was asked.</summary>
    public ExplanationSection? Explanation { get; init; }

    /// <summary>Pictures of cases; those of wrongly called cases are shown.</summary>
    public IReadOnlyList<CasePicture> Pictures { get; init; } = [];
}
