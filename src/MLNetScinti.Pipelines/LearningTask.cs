using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Data;

namespace MLNetScinti.Pipelines;

/// <summary>
/// What is asked of a case: one of two classes, one of several, some of several findings, or which voxels are what. From it
/// follow the column of truth, the loss, the decision that validation data fit, the answers of the served model, and how
/// answers are judged.
/// </summary>
/// <param name="Classes">The names of the classes, findings or labels.</param>
public abstract record LearningTask(IReadOnlyList<string> Classes)
{
    /// <summary>The name of the column of truth.</summary>
    public const string LabelColumn = "Label";

    /// <summary>The task's name, as the <c>mlnet</c> tool has it where it has one.</summary>
    public abstract string Name { get; }

    /// <summary>The loss where a definition names none.</summary>
    public abstract Loss DefaultLoss { get; }

    /// <summary>How thresholds are chosen on validation cases, where the task has any.</summary>
    public ThresholdRule Threshold { get; init; } = ThresholdRule.MiddleOfBest;

    /// <summary>What a label in a table says of a case.</summary>
    /// <exception cref="FormatException">The text is none of the task's words; the message says which they are.</exception>
    public abstract Target Parse(string text);

    /// <summary>What a label may be, for whoever fills in a table: "normal or abnormal".</summary>
    public virtual string Expected => string.Join(" or ", Classes);

    /// <summary>The truth in the task's words.</summary>
    public abstract string Describe(Target target);

    /// <summary>How many cases of each class there are, as far as that is worth a column of a report.</summary>
    public abstract IReadOnlyList<ClassCount> Count(IEnumerable<Target> targets);

    /// <summary>Whether a network can be trained for the task.</summary>
    /// <exception cref="ArgumentException">Its output is of another shape; the message says which one is expected.</exception>
    public abstract void MustFit(NetworkGraph network);

    /// <summary>Whether a network can be trained for the task when images go through it in this way.</summary>
    /// <exception cref="ArgumentException">Its output is of another shape, or the task's answers cannot be put together from windows.</exception>
    public virtual void MustFit(NetworkGraph network, Inferer inferer)
    {
        if (inferer is not WholeImageInferer)
        {
            throw new ArgumentException($"A {Name} is answered for a case as a whole and cannot be put together from {inferer}.", nameof(inferer));
        }

        MustFit(network);
    }

    /// <summary>The shape of the answers that the loss compares with, without the batch axis.</summary>
    public abstract TensorShape TargetShape { get; }

    /// <summary>The same names and the same shape.</summary>
    public virtual bool Equals(LearningTask? other) => other is not null && EqualityContract == other.EqualityContract && Classes.SequenceEqual(other.Classes, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => Classes.Aggregate(Name.GetHashCode(StringComparison.Ordinal), (hash, name) => HashCode.Combine(hash, name));

    /// <summary>"binary-classification: normal or abnormal".</summary>
    public sealed override string ToString() => $"{Name}: {string.Join(", ", Classes)}";

    /// <summary>The column of truth over rows of a type.</summary>
    internal abstract StreamingColumn<TRow> TargetColumn<TRow>(Func<TRow, Target> target);

    /// <summary>Reads the truth off a row.</summary>
    /// <exception cref="Transforms.ColumnException">The column is of another type.</exception>
    internal abstract Func<Target> TargetReader(DataViewRow row, DataViewSchema.Column column);

    /// <summary>The truth as the numbers that the loss compares with.</summary>
    internal abstract void Write(Target target, Span<float> values);

    /// <summary>The columns that a model of this task adds. The first one is what is judged.</summary>
    internal abstract IReadOnlyList<AnswerColumn> Answers { get; }

    /// <summary>Writes the answers behind a network's output, and enters them under their names.</summary>
    internal abstract void WriteAnswers(OnnxGraphBuilder graph, string output, TaskDecision decision, IDictionary<string, string> values);

    /// <summary>Whether the mean of several models' answers is an answer: <see cref="WriteMean"/> writes it.</summary>
    internal virtual bool HasMean => false;

    /// <summary>
    /// Writes the mean of several models' probabilities behind their answers, and enters the answers of all of them together under
    /// their names.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="models">Of each model the values of its answers, by name.</param>
    /// <param name="decision">What is decided on the mean.</param>
    /// <param name="values">Where the answers are entered.</param>
    internal virtual void WriteMean(OnnxGraphBuilder graph, IReadOnlyList<IReadOnlyDictionary<string, string>> models, TaskDecision decision, IDictionary<string, string> values) =>
        throw new NotSupportedException($"Answers of {Name} have no mean.");

    /// <summary>Judges cases that several models answered, each case as its own model called it.</summary>
    /// <param name="test">The cases with their answers.</param>
    /// <param name="decisions">What each of the models decides by.</param>
    /// <param name="options">How.</param>
    internal virtual IEvaluation EvaluateEach(IEnumerable<AnsweredCase> test, IReadOnlyList<TaskDecision> decisions, EvaluationOptions options) =>
        Evaluate([], test, decisions[0], options);

    /// <summary>Fits the decision on validation cases.</summary>
    internal abstract TaskDecision Fit(IEnumerable<AnsweredCase> validation);

    /// <summary>Judges the test cases' answers, beside the validation cases that the decision was fitted on.</summary>
    internal abstract IEvaluation Evaluate(IEnumerable<AnsweredCase> validation, IEnumerable<AnsweredCase> test, TaskDecision decision, EvaluationOptions options);
}

/// <summary>What was decided on validation cases: a threshold for two classes, for each finding, for a mask; nothing where the most probable class is called.</summary>
/// <param name="Thresholds">The thresholds, and where each comes from.</param>
public sealed record TaskDecision(IReadOnlyList<DecisionThreshold> Thresholds)
{
    /// <summary>The most probable class is called.</summary>
    public static TaskDecision MostProbable { get; } = new([]);

    /// <summary>For a report.</summary>
    public override string ToString() => Thresholds.Count == 0 ? "the most probable class" : string.Join("; ", Thresholds);
}

/// <summary>A case of known truth with a model's answer.</summary>
/// <param name="CaseId">The case's pseudonym.</param>
/// <param name="PatientId">The patient's.</param>
/// <param name="Facts">What is known of it.</param>
/// <param name="Truth">What is true of it.</param>
/// <param name="Answers">The values of the task's answers, in their order; yes and no as 1 and 0.</param>
/// <param name="Spacing">Distance of neighbouring voxels along each dimension of the first image, mm, slowest first; ones where it is not known.</param>
internal sealed record AnsweredCase(string CaseId, string PatientId, Facts Facts, Target Truth, IReadOnlyList<float[]> Answers, IReadOnlyList<double> Spacing);

/// <summary>A column that a model adds.</summary>
/// <param name="Name">Its name, as ML.NET's own models have it.</param>
/// <param name="Dimensions">The dimensions of one row's values; none for a scalar.</param>
/// <param name="Element">The type of its elements in the ONNX graph.</param>
/// <param name="KeyNames">For an index, the names that it counts, and it is a key column then; else null.</param>
internal sealed record AnswerColumn(string Name, IReadOnlyList<int> Dimensions, OnnxElement Element = OnnxElement.Float, IReadOnlyList<string>? KeyNames = null)
{
    public const string Score = "Score", Probability = "Probability", PredictedLabel = "PredictedLabel";

    public int Length => Dimensions.Aggregate(1, (product, extent) => product * extent);

    /// <summary>The column's type in a data view.</summary>
    public DataViewType Type
    {
        get
        {
            PrimitiveDataViewType item = Element switch
            {
                OnnxElement.Boolean => BooleanDataViewType.Instance,
                OnnxElement.Int64 when KeyNames is not null => new KeyDataViewType(typeof(uint), KeyNames.Count),
                _ => NumberDataViewType.Single,
            };
            return Dimensions.Count == 0 ? item : new VectorDataViewType(item, Dimensions.ToArray());
        }
    }
}
