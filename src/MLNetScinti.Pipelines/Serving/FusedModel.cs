using MLNetScinti.Imaging;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MLNetScinti.Pipelines.Data;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>
/// A whole fitted pipeline as one ONNX model: decoded counts in; score, probability and decision out. Normalisation,
/// projection, network, sigmoid and threshold are all inside, so what serves is what was tested.
/// </summary>
/// <remarks>
/// Inputs bear the names of the pipeline's columns with a batch axis N in front, scalars are [N, 1]. Outputs: Score [N, 1],
/// the network's logit; Probability [N, 1]; PredictedLabel [N, 1], true where the probability reaches the threshold.
/// </remarks>
[TypeFormatterSource(typeof(FusedModel))]
public sealed class FusedModel
{
    private readonly byte[] _bytes;

    internal FusedModel(byte[] bytes, IReadOnlyList<FusedColumn> inputs, IReadOnlyList<string> outputs)
    {
        _bytes = bytes;
        Inputs = inputs;
        OutputColumns = outputs;
    }

    /// <summary>The columns it reads, by name.</summary>
    public IReadOnlyList<string> InputColumns => [.. Inputs.Select(column => column.Name)];

    /// <summary>The columns it adds, by name.</summary>
    public IReadOnlyList<string> OutputColumns { get; }

    /// <summary>The ONNX file's content.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    internal IReadOnlyList<FusedColumn> Inputs { get; }

    /// <summary>Reads a fused model from its ONNX file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="NotAFusedModelException">The file is no ONNX model, or none that this product fused.</exception>
    public static FusedModel Load(string path)
    {
        byte[] bytes = File.Exists(path) ? File.ReadAllBytes(path) : throw new FileNotFoundException($"{path}: there is no such model.", path);
        try
        {
            using InferenceSession session = new(bytes);
            string[] outputs = ["Score", "Probability", "PredictedLabel"];
            return session.OutputNames.SequenceEqual(outputs, StringComparer.Ordinal)
                ? new FusedModel(bytes, [.. session.InputNames.Select(name => new FusedColumn(name, Dimensions(session.InputMetadata[name].Dimensions)))], outputs)
                : throw new NotAFusedModelException($"{path}: expected a model with the outputs {string.Join(", ", outputs)}, found {string.Join(", ", session.OutputNames)}.");
        }
        catch (OnnxRuntimeException problem)
        {
            throw new NotAFusedModelException($"{path}: this is no ONNX model that can be run: {problem.Message}", problem);
        }
    }

    /// <summary>Writes the ONNX file, whole or not at all.</summary>
    public void WriteOnnx(string path)
    {
        string temporary = path + ".part";
        File.WriteAllBytes(temporary, _bytes);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>
    /// Saves the model in ML.NET's own format, made of stock parts only: any application with Microsoft.ML and
    /// Microsoft.ML.OnnxTransformer loads it with <c>Model.Load</c>, without this product. There the outputs are vectors of
    /// length one, as <c>ApplyOnnxModel</c> makes them.
    /// </summary>
    /// <param name="ml">The context that saves.</param>
    /// <param name="path">The zip file, written whole or not at all.</param>
    public void SaveStock(MLContext ml, string path)
    {
        ArgumentNullException.ThrowIfNull(ml);
        // ML.NET reads the model file again when it saves.
        string onnx = path + ".part.onnx";
        string temporary = path + ".part";
        File.WriteAllBytes(onnx, _bytes);
        try
        {
            IDataView empty = EmptyView(Inputs.Select(column => (column.Name, column.Dimensions)));
            ITransformer stock = ml.Transforms.ApplyOnnxModel([.. OutputColumns], [.. InputColumns], onnx).Fit(empty);
            using (stock as IDisposable)
            {
                ml.Model.Save(stock, empty.Schema, temporary);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(onnx);
            File.Delete(temporary);
        }
    }

    /// <summary>
    /// Saves fitted steps through ML.NET by saving what they become: an ONNX graph inside a stock transformer. A step that
    /// replaces its input column is preceded by a copy of that column, since an ONNX value cannot replace another.
    /// </summary>
    internal static void SaveStages(IReadOnlyList<IFusableStage> stages, ModelSaveContext ctx)
    {
        TransformsCatalog transforms = new MLContext().Transforms;
        IReadOnlyList<FusedColumn> inputs = FusedGraph.InputsOf(stages);
        string[] outputs = [.. stages[^1].Outputs.Select(column => column.Name)];
        Dictionary<string, string> renamed = inputs.Where(column => outputs.Contains(column.Name, StringComparer.Ordinal))
            .ToDictionary(column => column.Name, column => column.Name + ".before", StringComparer.Ordinal);
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        File.WriteAllBytes(file, FusedGraph.Write("stage", stages, "", new Dictionary<string, string>(StringComparer.Ordinal), renamed));
        try
        {
            IDataView empty = EmptyView(inputs.Select(column => (column.Name, column.Dimensions)));
            List<ITransformer> steps = [];
            IDataView view = empty;
            foreach ((string column, string copy) in renamed)
            {
                steps.Add(transforms.CopyColumns(copy, column).Fit(view));
                view = steps[^1].Transform(view);
            }

            string[] names = [.. inputs.Select(column => renamed.GetValueOrDefault(column.Name) ?? column.Name)];
            steps.Add(transforms.ApplyOnnxModel(outputs, names, file).Fit(view));
            view = steps[^1].Transform(view);
            if (renamed.Count > 0)
            {
                steps.Add(transforms.DropColumns([.. renamed.Values]).Fit(view));
            }

            using TransformerChain<ITransformer> chain = new([.. steps]);
            ((ICanSaveModel)chain).Save(ctx);
        }
        finally
        {
            File.Delete(file);
        }
    }

    // The batch axis stands in front; a scalar is one value a row.
    private static int[] Dimensions(int[] shape) => shape is [_, 1] ? [] : shape[1..];

    internal static IDataView EmptyView(IEnumerable<(string Name, IReadOnlyList<int> Dimensions)> columns) =>
        new StreamingDataView<int>(
            [.. columns.Select(column => column.Dimensions.Count == 0
                ? StreamingColumn<int>.Number(column.Name, _ => 0)
                : StreamingColumn<int>.Vector(column.Name, column.Dimensions, isImage: false, _ => default))],
            _ => []);
}
