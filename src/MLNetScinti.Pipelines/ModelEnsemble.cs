using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines;

/// <summary>
/// Several kept models that answer the same task over the same inputs, as one: its answer is the mean of their probabilities, and its
/// file holds all of them. A patient that any of them was fitted on is known to it.
/// </summary>
public sealed class ModelEnsemble
{
    private readonly IReadOnlyList<(string Name, OnnxModel Graph)> _models;
    private readonly LearningTask _task;
    private readonly IReadOnlyList<FusedColumn> _inputs;

    private ModelEnsemble(IReadOnlyList<ModelBundle> models)
    {
        FusedModel first = models[0].Model;
        (_task, _inputs) = (first.Task, first.Inputs);
        _models = [.. models.Select(one => (one.Card.Name, one.Model.Graph()))];
        Members = [.. models.Select(one => new BundleMember(one.Card.Name, one.Card.RunKey, one.Card.Files[ModelBundle.ModelFile]))];
        Membership = SplitMembership.Union(models.Select(one => one.Membership));
        Envelope = TrainingEnvelope.Union([.. models.Select(one => one.Card.Envelope)]);
    }

    /// <summary>The models, for a card.</summary>
    public IReadOnlyList<BundleMember> Members { get; }

    /// <summary>Who any of the models was fitted on.</summary>
    public SplitMembership Membership { get; }

    /// <summary>What the models were trained on; null where one does not say.</summary>
    public TrainingEnvelope? Envelope { get; }

    /// <summary>Puts models together. Their graphs are held in memory.</summary>
    /// <param name="models">The models.</param>
    /// <exception cref="ModelBundleException">Fewer than two models, other tasks or inputs, or answers that have no mean; the message names the model.</exception>
    /// <exception cref="NotAFusedModelException">A model's file cannot be read.</exception>
    public static ModelEnsemble Of(IReadOnlyList<ModelBundle> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        if (models.Count < 2)
        {
            throw new ModelBundleException($"An ensemble needs at least two models, found {models.Count}.");
        }

        FusedModel first = models[0].Model;
        if (!first.Task.HasMean)
        {
            throw new ModelBundleException($"{models[0].Source}: answers of {first.Task.Name} have no mean; models that classify or draw masks can be put together.");
        }

        foreach (ModelBundle other in models.Skip(1))
        {
            if (!other.Model.Task.Equals(first.Task))
            {
                throw new ModelBundleException($"{other.Source}: expected a model for {first.Task}, as {models[0].Source} is; found one for {other.Model.Task}.");
            }

            if (!other.Model.Inputs.Select(Words).SequenceEqual(first.Inputs.Select(Words), StringComparer.Ordinal))
            {
                throw new ModelBundleException($"{other.Source}: expected a model that reads {string.Join(", ", first.Inputs.Select(Words))}, as {models[0].Source} does; found {string.Join(", ", other.Model.Inputs.Select(Words))}.");
            }
        }

        return new ModelEnsemble(models);
    }

    /// <summary>All models in one graph, with what is decided on the mean of their answers.</summary>
    public FusedModel Fuse(TaskDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return FusedModel.Of("ensemble", $"Decoded images in, the mean of {_models.Count} models' answers out. Research use only.",
            [new Stage(this, decision)], _task, decision);
    }

    /// <summary>The same before anything is decided: its probabilities are what a decision is fitted on.</summary>
    internal FusedModel Undecided() => Fuse(_task is MulticlassTask or SegmentationTask { Classes.Count: > 1 }
        ? TaskDecision.MostProbable
        : new([.. _task.Classes.Select(_ => Evaluation.DecisionThreshold.Fixed(0.5f, "Before the threshold is fitted."))]));

    private static string Words(FusedColumn column) => column.Dimensions.Count == 0 ? column.Name : $"{column.Name} of {string.Join(" x ", column.Dimensions)}";

    /// <summary>The models side by side over the same inputs, and the mean behind them.</summary>
    private sealed class Stage(ModelEnsemble ensemble, TaskDecision decision) : IFusableStage
    {
        public IReadOnlyList<FusedColumn> Inputs => ensemble._inputs;

        public IReadOnlyList<FusedColumn> Outputs => [.. ensemble._task.Answers.Select(answer => new FusedColumn(answer.Name, answer.Dimensions, answer.Element))];

        public void WriteNodes(OnnxGraphBuilder graph, IDictionary<string, string> values)
        {
            Dictionary<string, string> inputs = ensemble._inputs.ToDictionary(input => input.Name, input => values[input.Name], StringComparer.Ordinal);
            // What a model decides by itself is no part of the mean.
            string[] answers = [.. ensemble._task.Answers.Select(answer => answer.Name).Where(name => name != AnswerColumn.PredictedLabel)];
            IReadOnlyDictionary<string, string>[] models =
                [.. ensemble._models.Select((model, index) => graph.AddModel(model.Graph, FormattableString.Invariant($"model{index + 1}/"), inputs, answers))];
            ensemble._task.WriteMean(graph, models, decision, values);
        }
    }
}
