namespace MLNetScinti.Evaluation;

/// <summary>
/// The evaluation of one model on its test set, whatever the task: binary, of several classes, of several labels, of masks, of
/// quantities. Reports show what is common to all; what is a task's own they find by the type.
/// </summary>
public interface IEvaluation
{
    /// <summary>The task in mlnet's words, such as "binary-classification".</summary>
    string Task { get; }

    /// <summary>How it was made.</summary>
    EvaluationOptions Options { get; }

    /// <summary>The model's name.</summary>
    string Model => Options.Model;

    /// <summary>The cases judged.</summary>
    ICaseSet Test { get; }

    /// <summary>The cases that thresholds were fitted on, where there were any.</summary>
    ICaseSet? Validation { get; }

    /// <summary>The figures over all cases, in the order of the report.</summary>
    IReadOnlyList<MetricEntry> Figures { get; }

    /// <summary>The most telling figures for groups of cases, as the system declares them.</summary>
    IReadOnlyList<Subgroup> Subgroups { get; }

    /// <summary>What ML.NET's own evaluators say about the same cases: one of the task, or one for each label.</summary>
    IReadOnlyList<MLNetMetrics> Stock { get; }
}
