using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Pipelines.Training;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines;

public sealed partial class PatientSplit
{
    /// <summary>
    /// Fits the steps before a network on the training set, hands the trainer the training and the validation set as they come out
    /// of them, and puts both together. Any step of ML.NET may stand in between. What comes before a step that has no ONNX
    /// form cannot be part of the served file: that is said, before the training begins, in the log of the trainer's context and in
    /// <see cref="FittedPipeline.Fusion"/>.
    /// </summary>
    /// <param name="preprocessing">The steps before the network.</param>
    /// <param name="trainer">The trainer.</param>
    /// <exception cref="ColumnException">A column is missing, of another type or another shape than the network takes.</exception>
    /// <exception cref="PatientSplitException">The training starts from a model that was fitted on a patient of the test set.</exception>
    public FittedPipeline Fit(IEstimator<ITransformer> preprocessing, NetworkTrainer trainer)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        ArgumentNullException.ThrowIfNull(trainer);
        SplitMembership membership = Membership;
        if (trainer.Options.Training.Start is ModelStart start)
        {
            start.Membership.MustNotKnow(Test, $"{start.Model}, which the training starts from");
            membership = SplitMembership.Union([membership, start.Membership]);
        }

        ITransformer steps = preprocessing.Fit(Train);
        Fusion fusion = Fusion.Of(steps, Train.Schema, trainer.Features);
        if (fusion.NotFused is { } sentence)
        {
            trainer.Say(sentence);
            if (trainer.Options.MustFuse)
            {
                throw new NotAFusedModelException($"{sentence} Nothing was trained: what is kept of a run answers for cases as they are read.");
            }
        }

        AugmentedCases? augmented = trainer.Options.CaseAugmentation is not { Steps.Count: > 0 } changes ? null
            : new AugmentedCases(Train.Cases ?? throw new ArgumentException("Whole cases are changed at random where the split is one of a view of cases (LoadCases); these rows come from elsewhere.", nameof(trainer)),
                steps, changes, trainer.Features, trainer.Options.LabelColumnName);
        NetworkTransformer network = trainer.Fit(steps.Transform(Train), steps.Transform(Validation), augmented);
        return new FittedPipeline(steps, network, fusion, membership, trainer.Options) { Envelope = Train.Cases is { } cases ? TrainingEnvelope.Of(cases.Read(images: false), cases.Cases) : null };
    }

    /// <summary>Trains a network on the columns as they are.</summary>
    public FittedPipeline Fit(NetworkTrainer trainer) => Fit(new EstimatorChain<ITransformer>(), trainer);
}

/// <summary>Which steps before a network become part of its ONNX file: all of them, or those behind the last one that cannot.</summary>
public sealed class Fusion
{
    private Fusion(IReadOnlyList<IFusableStage> stages, string? notFused)
    {
        Stages = stages;
        NotFused = notFused;
    }

    /// <summary>What could not become part of the file, and which columns the file reads instead; null where everything could.</summary>
    public string? NotFused { get; }

    internal IReadOnlyList<IFusableStage> Stages { get; }

    /// <summary>Follows a network's columns back through fitted steps.</summary>
    internal static Fusion Of(ITransformer steps, DataViewSchema input, IReadOnlyList<string> features)
    {
        ITransformer[] chain = [.. Flatten(steps)];
        DataViewSchema[] schemas = new DataViewSchema[chain.Length + 1];
        schemas[0] = input;
        for (int i = 0; i < chain.Length; i++)
        {
            schemas[i + 1] = chain[i].GetOutputSchema(schemas[i]);
        }

        HashSet<string> needed = [.. features];
        List<IFusableStage> stages = [];
        for (int i = chain.Length - 1; i >= 0; i--)
        {
            string[] made = [.. needed.Where(name => IsMade(schemas[i], schemas[i + 1], name))];
            if (made.Length == 0)
            {
                continue;
            }

            if (AsStage(chain[i], schemas[i], schemas[i + 1], made) is not { } stage)
            {
                return new Fusion(stages,
                    $"{chain[i].GetType().Name} makes {string.Join(", ", made)} and has no ONNX form: the model's file begins behind it and reads {string.Join(", ", needed.Order(StringComparer.Ordinal))}. Put such steps before the split, or score through the pipeline.");
            }

            stages.Insert(0, stage);
            needed.ExceptWith(made);
            needed.UnionWith(stage.Inputs.Select(column => column.Name));
        }

        return new Fusion(stages, null);
    }

    private static IEnumerable<ITransformer> Flatten(ITransformer step) =>
        step is IEnumerable<ITransformer> chain ? chain.SelectMany(Flatten) : [step];

    // A step's own column hides one of its name, which stays: ours stands behind all others, a stock step's right behind the hidden one.
    private static bool IsMade(DataViewSchema before, DataViewSchema after, string name) =>
        after.Count(column => column.Name == name) > before.Count(column => column.Name == name);

    private static IFusableStage? AsStage(ITransformer step, DataViewSchema before, DataViewSchema after, string[] made) => step switch
    {
        IFusableStage stage => stage,
        ColumnCopyingTransformer copy when made.All(name => ImageColumns.IsImage(after[name])) => new CopyStage(
            [.. made.Select(name => (((ITransformer)copy).GetRowToRowMapper(before).GetDependencies([after[name]]).Single().Name, name, ImageColumns.DimensionsOf(after, name)))]),
        NormalizingTransformer normalizer when made.All(name => ImageColumns.IsImage(after[name])) => NormalizingStage.Of(normalizer, before, after, made),
        _ => null,
    };

    /// <summary>A stock normalizer that subtracts and multiplies, each value by its own numbers (NormalizeMinMax, NormalizeMeanVariance, NormalizeRobustScaling).</summary>
    private sealed class NormalizingStage(IReadOnlyList<(string From, string To, int[] Dimensions, float[] Scale, float[] Offset)> columns) : IFusableStage
    {
        public IReadOnlyList<FusedColumn> Inputs => [.. columns.Select(column => new FusedColumn(column.From, column.Dimensions))];

        public IReadOnlyList<FusedColumn> Outputs => [.. columns.Select(column => new FusedColumn(column.To, column.Dimensions))];

        /// <summary>The stage; null where a column is mapped by a distribution or by bins, for which ML.NET has no ONNX form either, or where it is not known which column has which numbers.</summary>
        public static NormalizingStage? Of(NormalizingTransformer normalizer, DataViewSchema before, DataViewSchema after, string[] made)
        {
            List<(string, string, int[], float[], float[])> columns = [];
            IRowToRowMapper mapper = ((ITransformer)normalizer).GetRowToRowMapper(before);
            // The numbers stand in the order of the step's columns: that of the new ones at the end, unless one hides another and stands beside it.
            DataViewSchema.Column[] added = [.. after.Where(column => !column.IsHidden && IsMade(before, after, column.Name))];
            if (added.Length > 1 && added.Any(column => column.Index < before.Count))
            {
                return null;
            }

            foreach (string name in made)
            {
                int[] dimensions = ImageColumns.DimensionsOf(after, name);
                string from = mapper.GetDependencies([after[name]]).Single().Name;
                switch (normalizer.GetNormalizerModelParameters(Array.FindIndex(added, column => column.Name == name)))
                {
                    case NormalizingTransformer.AffineNormalizerModelParameters<float> one:
                        columns.Add((from, name, dimensions, [one.Scale], one.Offset == 0 ? [] : [one.Offset]));
                        break;
                    case NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<float>> each:
                        columns.Add((from, name, dimensions, [.. each.Scale], each.Offset.IsDefaultOrEmpty ? [] : [.. each.Offset]));
                        break;
                    default:
                        return null;
                }
            }

            return new NormalizingStage(columns);
        }

        public void WriteNodes(Networks.OnnxGraphBuilder graph, IDictionary<string, string> values)
        {
            string[] from = [.. columns.Select(column => values[column.From])];
            for (int i = 0; i < from.Length; i++)
            {
                long[] shape = columns[i].Scale.Length == 1 ? [] : [.. columns[i].Dimensions.Select(extent => (long)extent)];
                string value = columns[i].Offset.Length == 0 ? from[i] : graph.Node("Sub", [from[i], graph.Constant(columns[i].Offset, shape)]);
                values[columns[i].To] = graph.Node("Mul", [value, graph.Constant(columns[i].Scale, shape)]);
            }
        }
    }

    /// <summary>A copied column is the same value under another name.</summary>
    private sealed class CopyStage(IReadOnlyList<(string From, string To, int[] Dimensions)> columns) : IFusableStage
    {
        public IReadOnlyList<FusedColumn> Inputs => [.. columns.Select(column => new FusedColumn(column.From, column.Dimensions))];

        public IReadOnlyList<FusedColumn> Outputs => [.. columns.Select(column => new FusedColumn(column.To, column.Dimensions))];

        public void WriteNodes(Networks.OnnxGraphBuilder graph, IDictionary<string, string> values)
        {
            string[] from = [.. columns.Select(column => values[column.From])];
            for (int i = 0; i < from.Length; i++)
            {
                values[columns[i].To] = from[i];
            }
        }
    }
}

/// <summary>
/// A fitted pipeline: the steps, the trained network behind them, and who it was fitted on. It is a transformer of ML.NET: from a
/// case's images to the answers of its task.
/// </summary>
[TypeFormatterSource(typeof(FittedPipeline))]
public sealed class FittedPipeline : ITransformer, IDisposable
{
    private readonly ITransformer _steps;
    private readonly NetworkTrainerOptions _options;

    internal FittedPipeline(ITransformer steps, NetworkTransformer network, Fusion fusion, SplitMembership membership, NetworkTrainerOptions options)
    {
        _steps = steps;
        Network = network;
        Fusion = fusion;
        Membership = membership;
        _options = options;
    }

    /// <summary>The trained network.</summary>
    public NetworkTransformer Network { get; }

    /// <summary>Which steps are part of the served file.</summary>
    public Fusion Fusion { get; }

    /// <summary>Who it was fitted on.</summary>
    public SplitMembership Membership { get; }

    /// <summary>How the studies of the training patients were taken; null where the rows do not come from files.</summary>
    public TrainingEnvelope? Envelope { get; internal init; }

    /// <inheritdoc/>
    public bool IsRowToRowMapper => _steps.IsRowToRowMapper;

    /// <summary>The steps and the network as one ONNX model: a case's images in, the answers of its task out.</summary>
    public FusedModel Fuse() => FusedModel.Of("scintigraphy",
        "Decoded images in, the answers of the task out. Research use only.", [.. Fusion.Stages, Network], Network.Task, Network.Decision, Network, Fusion.NotFused);

    /// <summary>Whether <see cref="Explain"/> can say where an answer comes from: one answer, and a network that ends in global averages and dense layers.</summary>
    public bool CanExplain
    {
        get
        {
            try
            {
                return Network.Task is BinaryTask && Networks.ExplainingNetwork.Activations(Network.Network).Count > 0;
            }
            catch (Networks.NetworkGraphException)
            {
                return false;
            }
        }
    }

    /// <summary>The same with maps of where in each of the network's inputs an answer comes from.</summary>
    /// <exception cref="Networks.NetworkGraphException">The network does not end in global averages and dense layers.</exception>
    public ExplainingModel Explain() => ExplainingModel.Of(Fusion.Stages, Network);

    /// <summary>The trained weights to begin another training with, and who they were fitted on: none of them may test what is trained from them.</summary>
    /// <param name="frozen">Layers that stay as they are, by name; * stands for any letters.</param>
    public Networks.TrainingStart StartOf(params IReadOnlyList<string> frozen) => new ModelStart(Network.Weights, Membership, "the model") { Frozen = frozen };

    /// <summary>Judges the model on the test patients of its split: what is judged is the file that would serve.</summary>
    /// <param name="test">The test set.</param>
    /// <param name="validation">The validation set, whose figures stand beside.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="PatientSplitException">A patient of the test set was trained or validated on.</exception>
    public IEvaluation Evaluate(TestSet test, ValidationSet validation, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(validation);
        Membership.MustNotKnow(test, options?.Model ?? "the model");
        return Network.Task.Evaluate(Answer(validation), Answer(test), Network.Decision, options ?? new EvaluationOptions());
    }

    /// <summary>The answers for raw rows of known truth.</summary>
    internal IEnumerable<AnsweredCase> Answer(IDataView rows) => Network.Answer(Preprocess(rows), _options);

    /// <summary>The rows as the network reads them.</summary>
    internal IDataView Preprocess(IDataView input) => _steps.Transform(input);

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Network.GetOutputSchema(_steps.GetOutputSchema(inputSchema));

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => ((ITransformer)new TransformerChain<ITransformer>(_steps, Network)).GetRowToRowMapper(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => Network.Transform(_steps.Transform(input));

    /// <inheritdoc/>
    public void Dispose()
    {
        (_steps as IDisposable)?.Dispose();
        Network.Dispose();
    }

    /// <summary>Saves the stock form of the fused model. Called by <c>Model.Save</c>.</summary>
    void ICanSaveModel.Save(ModelSaveContext ctx) => StockForm.Save([.. Fusion.Stages, Network], ctx);
}
