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

/// <summary>
/// The words of a task, for reports: what a case is called, and its classes. They are the system's; this room knows no organ and
/// no disease. The defaults speak of cases that are positive or negative.
/// </summary>
public sealed record TaskWords
{
    /// <summary>The words of a task of which nothing is said.</summary>
    public static TaskWords Default { get; } = new();

    /// <summary>What one case is called.</summary>
    public string Case { get; init; } = "case";

    /// <summary>What several cases are called.</summary>
    public string Cases { get; init; } = "cases";

    /// <summary>Of two classes, what a case of the positive one is: an adjective, as in "the abnormal cases".</summary>
    public string Positive { get; init; } = "positive";

    /// <summary>Of two classes, what a case of the negative one is: an adjective.</summary>
    public string Negative { get; init; } = "negative";

    /// <summary>What makes a case positive, and what maps that explain the model should point at.</summary>
    public string Finding { get; init; } = "finding";

    /// <summary>Several of these.</summary>
    public string Findings { get; init; } = "findings";

    /// <summary>The name of the positive or of the negative class.</summary>
    public string Class(bool positive) => positive ? Positive : Negative;
}

/// <summary>How an evaluation is made. The defaults are what reports use.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Coverage of the intervals.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Replicates of the bootstrap by patient; 0 leaves out the intervals that need it.</summary>
    public int BootstrapReplicates { get; init; } = 2000;

    /// <summary>Seed of the bootstrap.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Number of equally wide bins of the reliability curve.</summary>
    public int CalibrationBins { get; init; } = 10;

    /// <summary>Whether the figures at the threshold that the test set's own ROC curve chooses, as papers often do, are given beside ours, marked as optimistic.</summary>
    public bool WithPaperProtocol { get; init; }

    /// <summary>What cases and classes are called.</summary>
    public TaskWords Words { get; init; } = TaskWords.Default;

    /// <summary>What cases are grouped by, in the order of the report; a grouping that leaves a single group is not shown.</summary>
    public IReadOnlyList<Grouping> Groupings { get; init; } = [];

    /// <summary>What models of some kind cannot pass, which is said before all figures; null for nothing.</summary>
    public FactCeiling? Ceiling { get; init; }

    /// <summary>The share of positive cases among all that are labelled, before a test set was balanced; null where it is not known, or there are not two classes.</summary>
    public double? CohortPrevalence { get; init; }

    /// <summary>The share of positive cases that the training made probabilities for: one half where classes were weighted to equal shares; null where it is not known.</summary>
    public double? TrainedPrevalence { get; init; }

    /// <summary>Whether figures of two classes are given by patient too, where patients have several cases.</summary>
    public bool ByPatient { get; init; } = true;

    /// <summary>Shares of positive cases at which predictive values are told besides, each between 0 and 1.</summary>
    public IReadOnlyList<double> Prevalences { get; init; } = UsualPrevalences;

    /// <summary>The shares where nobody states any.</summary>
    public static IReadOnlyList<double> UsualPrevalences { get; } = [0.05, 0.1, 0.2, 0.3, 0.5];

    /// <summary>What has to be said with every figure, such as "not trained"; empty for nothing.</summary>
    public string Mark { get; init; } = "";

    /// <summary>The model's name in tables.</summary>
    public string Model { get; init; } = "model";

    // How often a patient has any positive case is not known from how often a case is positive.
    internal EvaluationOptions OfPatients() => this with
    {
        Words = Words with { Case = "patient", Cases = "patients" },
        Groupings = [],
        WithPaperProtocol = false,
        ByPatient = false,
        CohortPrevalence = null,
        TrainedPrevalence = null,
    };
}
