using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Onnx;

public sealed class OnnxTransformer : RowToRowTransformerBase, IDisposable
{
    internal const string Signature = "OnnxTransform@Microsoft.ML.OnnxTransformer";

    private const string ModelEntry = "OnnxModel";

    private readonly OnnxModel _model;
    private readonly IDictionary<string, int[]> _shapes;
    private readonly OnnxNode[] _outputNodes;

    internal OnnxTransformer(
        IHostEnvironment environment,
        OnnxModelSource source,
        string[] outputColumnNames,
        string[] inputColumnNames,
        IDictionary<string, int[]> shapes,
        int? gpuDeviceId,
        bool fallbackToCpu,
        int? interOpNumThreads = null,
        int? intraOpNumThreads = null)
        : base(environment.Register(nameof(OnnxTransformer)))
    {
        IHostEnvironmentInternal options = (IHostEnvironmentInternal)environment;
        _shapes = shapes;
        _model = new OnnxModel(options, source, shapes, gpuDeviceId ?? options.GpuDeviceId, gpuDeviceId is null ? options.FallbackToCpu : fallbackToCpu, interOpNumThreads, intraOpNumThreads);
        try
        {
            Inputs = [.. (inputColumnNames is { Length: > 0 } ? inputColumnNames : _model.InputNames).Select(_model.Input)];
            _outputNodes = [.. (outputColumnNames is { Length: > 0 } ? outputColumnNames : _model.OutputNames).Select(_model.Output)];
            Outputs = [.. _outputNodes.Select(OutputColumn)];
        }
        catch
        {
            _model.Dispose();
            throw;
        }
    }

    internal OnnxNode[] Inputs { get; }

    internal DataViewSchema.DetachedColumn[] Outputs { get; }

    public void Dispose() => _model.Dispose();

    internal static object Load(ModelLoadContext context)
    {
        BinaryReader reader = context.Reader;
        string[] inputs = context.ReadTexts();
        string[] outputs = context.ReadTexts();
        Dictionary<string, int[]> shapes = new(StringComparer.Ordinal);
        int count = reader.ReadCount();
        for (int i = 0; i < count; i++)
        {
            string name = reader.ReadString();
            int[] shape = new int[reader.ReadCount()];
            for (int j = 0; j < shape.Length; j++)
            {
                shape[j] = reader.ReadInt32();
            }

            shapes[name] = shape;
        }

        byte[] entry = context.ReadBinary(ModelEntry);
        Guard.Decoded(entry.Length >= 4 && BitConverter.ToInt32(entry) == entry.Length - 4);
        return new OnnxTransformer(context.Environment, new OnnxModelSource(null, entry.AsMemory(4)), outputs, inputs, shapes.Count == 0 ? null : shapes, null, false);
    }

    private protected override RowMapper MakeMapper(DataViewSchema schema) => new OnnxMapper(schema, _model, Inputs, _outputNodes, Outputs);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.Begin(Signature);
        byte[] model = File.ReadAllBytes(_model.Path);
        ctx.SaveBinary(ModelEntry, stream =>
        {
            stream.Write(BitConverter.GetBytes(model.Length));
            stream.Write(model);
        });
        ctx.WriteTexts([.. Inputs.Select(input => input.Name)]);
        ctx.WriteTexts([.. _outputNodes.Select(output => output.Name)]);
        ctx.Writer.Write(_shapes?.Count ?? 0);
        foreach ((string name, int[] shape) in _shapes ?? new Dictionary<string, int[]>())
        {
            ctx.Writer.Write(name);
            ctx.Writer.Write(shape.Length);
            foreach (int dimension in shape)
            {
                ctx.Writer.Write(dimension);
            }
        }
    }

    private DataViewSchema.DetachedColumn OutputColumn(OnnxNode node)
    {
        const string Suffix = ".output";
        string name = node.Name.EndsWith(Suffix, StringComparison.Ordinal) ? node.Name[..^Suffix.Length] : node.Name;
        DataViewSchema.Annotations.Builder annotations = new();
        if (_model.SlotNames.TryGetValue(name, out string[] names))
        {
            ReadOnlyMemory<char>[] texts = [.. names.Select(text => text.AsMemory())];
            annotations.Add(
                AnnotationKinds.SlotNames,
                new VectorDataViewType(TextDataViewType.Instance, texts.Length),
                (ref VBuffer<ReadOnlyMemory<char>> value) => VBuffer<ReadOnlyMemory<char>>.Copy(texts, 0, ref value, texts.Length));
        }

        return new DataViewSchema.DetachedColumn(name, node.ColumnType, annotations.ToAnnotations());
    }
}
