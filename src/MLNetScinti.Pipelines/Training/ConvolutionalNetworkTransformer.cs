using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines.Training;

/// <summary>
/// A trained network. Adds Score (the logit), Probability (of abnormal) and PredictedLabel (whether the probability reaches
/// the threshold that was fitted on validation data), as ML.NET's binary classifiers do.
/// </summary>
[TypeFormatterSource(typeof(ConvolutionalNetworkTransformer))]
public sealed class ConvolutionalNetworkTransformer : ITransformer, IFusableStage, IRowMapping, IDisposable
{
    internal const string ScoreColumn = "Score";
    internal const string ProbabilityColumn = "Probability";
    internal const string PredictedLabelColumn = "PredictedLabel";

    private readonly IReadOnlyList<string> _features;
    private readonly NetworkScorer _scorer;
    private readonly IReadOnlyList<ITransformer> _upstream;

    internal ConvolutionalNetworkTransformer(
        IReadOnlyList<string> features, NetworkScorer scorer, DecisionThreshold threshold, ValidationScores validation, TrainingResult training,
        int trainingCases, int trainingPositives, IReadOnlyList<ITransformer> upstream)
    {
        _features = features;
        _scorer = scorer;
        Threshold = threshold;
        Validation = validation;
        Training = training;
        TrainingCases = trainingCases;
        TrainingPositives = trainingPositives;
        _upstream = upstream;
    }

    /// <summary>The network.</summary>
    public NetworkGraph Network => _scorer.Network;

    /// <summary>The weights of the best validation epoch.</summary>
    public NetworkWeights Weights => _scorer.Weights;

    /// <summary>The decision threshold and where it comes from.</summary>
    public DecisionThreshold Threshold { get; }

    /// <summary>The validation cases' scores that the threshold was fitted on.</summary>
    public ValidationScores Validation { get; }

    /// <summary>How the training went.</summary>
    public TrainingResult Training { get; }

    /// <summary>The number of cases that it was trained on.</summary>
    public int TrainingCases { get; }

    /// <summary>The number of those whose answer is true.</summary>
    public int TrainingPositives { get; }

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    IReadOnlyList<string> IRowMapping.Inputs => _features;

    IReadOnlyList<FusedColumn> IFusableStage.Inputs => [.. _features.Select((feature, index) => new FusedColumn(feature, _scorer.Shapes[index].ToArray()))];

    IReadOnlyList<FusedColumn> IFusableStage.Outputs =>
        [new FusedColumn(ScoreColumn, []), new FusedColumn(ProbabilityColumn, []), new FusedColumn(PredictedLabelColumn, [], OnnxElement.Boolean)];

    /// <summary>
    /// The whole fitted pipeline, from the images that the first step reads to the decision, as one ONNX model.
    /// </summary>
    public FusedModel Fuse()
    {
        IReadOnlyList<IFusableStage> stages = [.. _upstream.Cast<IFusableStage>(), this];
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            ["scinti.network"] = Network.Hash,
            ["scinti.weights"] = Weights.Hash(),
            ["scinti.threshold"] = Threshold.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
            ["scinti.threshold.protocol"] = Threshold.Protocol.ToString(),
        };
        byte[] bytes = FusedGraph.Write("scintigraphy", stages,
            "Decoded counts in; the network's logit, the probability of abnormal and the decision at the threshold out. Research use only.", metadata);
        return new FusedModel(bytes, FusedGraph.InputsOf(stages), [.. ((IFusableStage)this).Outputs.Select(column => column.Name)]);
    }

    /// <summary>
    /// The whole fitted pipeline with class activation maps beside the score, as one ONNX model: it answers, and says where in
    /// each of the network's inputs the answer comes from.
    /// </summary>
    /// <exception cref="NetworkGraphException">The network does not end in global averages and dense layers.</exception>
    public ExplainingModel Explain()
    {
        ExplainingStage last = new(_features, _scorer.Shapes, Network, Weights);
        IReadOnlyList<IFusableStage> stages = [.. _upstream.Cast<IFusableStage>(), last];
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            ["scinti.network"] = Network.Hash,
            ["scinti.weights"] = Weights.Hash(),
        };
        byte[] bytes = FusedGraph.Write("scintigraphy_explained", stages,
            "Decoded counts in; the network's logit, and for each of its inputs a map of what speaks for abnormal, out. Research use only.", metadata);
        return new ExplainingModel(bytes, FusedGraph.InputsOf(stages), last.Maps);
    }

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new MappedSchema(this, inputSchema).OutputSchema;

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new MappedSchema(this, inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => new MappedDataView(input, this, new MappedSchema(this, input.Schema));

    /// <summary>Applies the steps before the network, then the network: to a view as the first step takes it.</summary>
    public IDataView TransformRaw(IDataView input) => Transform(_upstream.Aggregate(input, (view, step) => step.Transform(view)));

    /// <summary>The view that the network itself reads: the steps before it, applied.</summary>
    internal IDataView Preprocess(IDataView input) => _upstream.Aggregate(input, (view, step) => step.Transform(view));

    internal IReadOnlyList<string> Features => _features;

    /// <summary>Saves the stock form. Called by <c>Model.Save</c>; <see cref="Fuse"/> gives the whole pipeline in one.</summary>
    void ICanSaveModel.Save(ModelSaveContext ctx) => FusedModel.SaveStages([this], ctx);

    /// <inheritdoc/>
    public void Dispose() => _scorer.Dispose();

    IReadOnlyList<DataViewSchema.DetachedColumn> IRowMapping.OutputsFor(DataViewSchema input)
    {
        for (int i = 0; i < _features.Count; i++)
        {
            ImageShape found = ImageColumns.ShapeOf(input, _features[i]);
            if (found != _scorer.Shapes[i])
            {
                throw new ColumnException($"The column '{_features[i]}' is expected to hold images of {_scorer.Shapes[i]}, as in training; found {found}.");
            }
        }

        return
        [
            new DataViewSchema.DetachedColumn(ScoreColumn, NumberDataViewType.Single),
            new DataViewSchema.DetachedColumn(ProbabilityColumn, NumberDataViewType.Single),
            new DataViewSchema.DetachedColumn(PredictedLabelColumn, BooleanDataViewType.Instance),
        ];
    }

    IReadOnlyList<Delegate> IRowMapping.MakeGetters(DataViewRow row)
    {
        ValueGetter<VBuffer<float>>[] getters = [.. _features.Select(feature => row.GetGetter<VBuffer<float>>(row.Schema[feature]))];
        float[][] values = [.. _scorer.Shapes.Select(shape => new float[shape.Length])];
        VBuffer<float> vector = default, dense = default;
        long scored = -1;
        float score = 0;

        // One run a row, however many of the three columns are read. A row without a position (a prediction engine's) is always new.
        float Score()
        {
            if (row.Position < 0 || scored != row.Position || row is not DataViewRowCursor)
            {
                for (int i = 0; i < getters.Length; i++)
                {
                    getters[i](ref vector);
                    ImageColumns.Values(vector, ref dense, _scorer.Shapes[i], _features[i]).CopyTo(values[i]);
                }

                score = _scorer.Score(values);
                scored = row.Position;
            }

            return score;
        }

        return
        [
            (ValueGetter<float>)((ref float value) => value = Score()),
            (ValueGetter<float>)((ref float value) => value = NetworkScorer.Probability(Score())),
            (ValueGetter<bool>)((ref bool value) => value = Threshold.IsPositive(NetworkScorer.Probability(Score()))),
        ];
    }

    void IFusableStage.WriteNodes(OnnxGraphBuilder graph, IDictionary<string, string> values)
    {
        List<string> inputs = [];
        for (int i = 0; i < _features.Count; i++)
        {
            long[] shape = [-1, .. Network.Inputs[i].Shape];
            inputs.Add(graph.Node("Reshape", [values[_features[i]], graph.Constant(shape, [shape.Length])]));
        }

        string score = OnnxNetwork.AddNetwork(graph, Network, Weights, inputs, new OnnxNetworkOptions { WithActivation = false });
        string probability = graph.Node("Sigmoid", [score]);
        values[ScoreColumn] = score;
        values[ProbabilityColumn] = probability;
        values[PredictedLabelColumn] = graph.Node("GreaterOrEqual", [probability, graph.Constant([Threshold.Value], [])]);
    }
}
