using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines.Training;

/// <summary>
/// Trains a convolutional network on columns of images. It stands at the end of a chain and takes a <see cref="TrainingSet"/>
/// only: from it come the validation set for the best epoch and the threshold, and the steps before it for the fused model.
/// </summary>
public sealed class ConvolutionalNetworkTrainer : IEstimator<ConvolutionalNetworkTransformer>
{
    private readonly ConvolutionalNetworkOptions _options;
    private readonly IReadOnlyList<string> _features;

    internal ConvolutionalNetworkTrainer(ConvolutionalNetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _features = options.Features.Count > 0 ? options.Features : [.. options.Network.Inputs.Select(input => input.Name)];
        if (_features.Count != options.Network.Inputs.Count)
        {
            throw new ArgumentException(
                $"The network takes {options.Network.Inputs.Count} inputs ({string.Join(", ", options.Network.Inputs.Select(input => input.Name))}); "
                + $"{_features.Count} feature columns are given ({string.Join(", ", _features)}).", nameof(options));
        }

        if (options.Network.OutputShape.ElementCount != 1)
        {
            throw new ArgumentException($"A binary classifier needs a network with one output, found {options.Network.OutputShape}.", nameof(options));
        }
    }

    /// <summary>Trains the network.</summary>
    /// <param name="input">A training set, or what transforms of this product have made of one.</param>
    /// <exception cref="PatientSplitException">The view does not come from a <see cref="PatientSplit"/>, or its training set lacks a class.</exception>
    /// <exception cref="ColumnException">A column is missing, of another type or another shape than the network takes.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped; its checkpoint stays.</exception>
    public ConvolutionalNetworkTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        (IReadOnlyList<ITransformer> steps, TrainingSet set) = Upstream(input);
        CheckShapes(input.Schema);
        IDataView validationView = steps.Aggregate((IDataView)set.Validation, (view, step) => step.Transform(view));
        CancellationToken cancel = _options.CancellationToken;
        using FeatureStore training = FeatureStore.Read(input, _features, _options.LabelColumn, _options.CaseColumn, FeatureStore.MemoryBudget, cancel);
        using FeatureStore validation = FeatureStore.Read(validationView, _features, _options.LabelColumn, _options.CaseColumn, FeatureStore.MemoryBudget, cancel);
        CheckClasses(training);

        IReadOnlyList<TensorShape> shapes = [.. _options.Network.Inputs.Select(input => input.Shape)];
        TrainingResult result = TrainingLoop.Run(
            _options.Network,
            new TrainingSamples(training, shapes, _options.Augmentation, _options.Training.Seed),
            new TrainingSamples(validation, shapes, Augmentation.None, _options.Training.Seed),
            _options.Training, _options.Progress, cancel);

        // The threshold is fitted with the served form, on the very numbers that it will be compared with.
        NetworkScorer scorer = new(_options.Network, result.BestWeights, [.. _features.Select(feature => ImageColumns.ShapeOf(input.Schema, feature))]);
        try
        {
            ValidationScores scores = Score(scorer, validationView);
            return new ConvolutionalNetworkTransformer(_features, scorer, FitThreshold(scores), scores, result, training.Count, training.Positives, steps);
        }
        catch
        {
            scorer.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    // Columns of a shape cannot be made outside ML.NET: these are what stock transforms would add to the same input.
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        TransformsCatalog transforms = new MLContext().Transforms;
        return transforms.Conversion.ConvertType(ConvolutionalNetworkTransformer.ScoreColumn, _options.LabelColumn, DataKind.Single)
            .Append(transforms.CopyColumns(ConvolutionalNetworkTransformer.ProbabilityColumn, ConvolutionalNetworkTransformer.ScoreColumn))
            .Append(transforms.CopyColumns(ConvolutionalNetworkTransformer.PredictedLabelColumn, _options.LabelColumn))
            .GetOutputSchema(inputSchema);
    }

    /// <summary>The way back from a view to its training set, and the steps on it, first one first.</summary>
    private static (IReadOnlyList<ITransformer> Steps, TrainingSet Set) Upstream(IDataView view)
    {
        Stack<ITransformer> steps = new();
        while (view is MappedDataView mapped)
        {
            steps.Push(mapped.Transformer);
            view = mapped.Source;
        }

        return view is TrainingSet set
            ? ([.. steps], set)
            : throw new PatientSplitException(
                $"A network is trained on the Train set of a PatientSplit, through image transforms only; found {view.GetType().Name}. "
                + "Split by patient first (Data.SplitByPatient), and put other transforms before the split.");
    }

    private static void CheckClasses(FeatureStore training)
    {
        if (training.Positives == 0 || training.Positives == training.Count)
        {
            throw new PatientSplitException(
                $"The training set holds {training.Count} cases and none of them is {(training.Positives == 0 ? "abnormal" : "normal")}: "
                + "a network learns from both. Give the set more patients.");
        }
    }

    private void CheckShapes(DataViewSchema schema)
    {
        for (int i = 0; i < _features.Count; i++)
        {
            NetworkInput input = _options.Network.Inputs[i];
            ImageShape found = ImageColumns.ShapeOf(schema, _features[i]);
            long[] expected = [.. input.Shape];
            if (expected.Length != found.Rank + 1 || expected[0] != 1 || !expected.Skip(1).SequenceEqual(found.ToArray().Select(extent => (long)extent)))
            {
                throw new ColumnException(
                    $"The network's input {input.Name} takes images of {string.Join(" x ", expected.Skip(1))}; the column '{_features[i]}' holds {found}.");
            }
        }
    }

    // With one class only there is nothing to fit: the report then says that the threshold was given, and why.
    private static DecisionThreshold FitThreshold(ValidationScores scores) => scores.Positives > 0 && scores.Negatives > 0
        ? DecisionThreshold.FitYouden(scores)
        : DecisionThreshold.Fixed(0.5f, "The validation patients hold one class only, so no threshold could be fitted.");

    private ValidationScores Score(NetworkScorer scorer, IDataView view)
    {
        using FeatureCursor cursor = new(view, _features, _options.LabelColumn, _options.CaseColumn, _options.PatientColumn);
        List<ScoredCase> cases = [];
        while (cursor.MoveNext())
        {
            float score = scorer.Score(cursor.Features);
            cases.Add(new ScoredCase(cursor.Case, cursor.Patient, cursor.Label, score, NetworkScorer.Probability(score)));
        }

        return new ValidationScores(cases);
    }
}
