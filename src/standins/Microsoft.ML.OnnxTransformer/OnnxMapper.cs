using System.Reflection;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms.Onnx;

internal sealed class OnnxMapper : RowMapper
{
    private static readonly MethodInfo GetterMethod = typeof(OnnxMapper).GetMethod(nameof(OutputGetter), BindingFlags.NonPublic | BindingFlags.Static);

    private readonly OnnxModel _model;
    private readonly OnnxNode[] _inputs;
    private readonly OnnxNode[] _outputs;
    private readonly DataViewSchema.DetachedColumn[] _outputColumns;
    private readonly DataViewSchema.Column[] _columns;

    public OnnxMapper(DataViewSchema schema, OnnxModel model, OnnxNode[] inputs, OnnxNode[] outputs, DataViewSchema.DetachedColumn[] outputColumns)
        : base(schema)
    {
        _model = model;
        _inputs = inputs;
        _outputs = outputs;
        _outputColumns = outputColumns;
        _columns = [.. inputs.Select(input => schema.Input(input.Name))];
        for (int i = 0; i < inputs.Length; i++)
        {
            Check(inputs[i], _columns[i]);
        }
    }

    public override IEnumerable<int> DependenciesOf(bool[] activeOutputs) =>
        activeOutputs.Contains(true) ? _columns.Select(column => column.Index) : [];

    public override Delegate[] CreateGetters(DataViewRow input, bool[] activeOutputs) => CreateGetters(input, activeOutputs, out _);

    public override Delegate[] CreateGetters(DataViewRow input, bool[] activeOutputs, out IDisposable owned)
    {
        owned = null;
        if (!activeOutputs.Contains(true))
        {
            return new Delegate[activeOutputs.Length];
        }

        OnnxRowScorer scorer = new(
            _model,
            input,
            [.. _columns.Select((column, i) => OnnxInput.Create(_inputs[i], input, column))],
            [.. _outputs.Where((_, i) => activeOutputs[i]).Select(output => output.Name)]);
        owned = scorer;
        return [.. _outputs.Select((output, i) => activeOutputs[i] ? (Delegate)ViewExtensions.Invoke(GetterMethod, output.ItemType.RawType, scorer, output) : null)];
    }

    protected override DataViewSchema.DetachedColumn[] CreateOutputs() => _outputColumns;

    private static Delegate OutputGetter<T>(OnnxRowScorer scorer, OnnxNode output) =>
        (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => scorer.Read(output, ref value));

    private static void Check(OnnxNode node, DataViewSchema.Column column)
    {
        Guard.Argument(node.Shape.Count(dimension => dimension == 0) <= 1, node.Name, "Only 1 unknown dimension is allowed");
        if (!column.Type.ItemType().Equals(node.ItemType))
        {
            throw Guard.SchemaMismatch("inputSchema", "input", column.Name, node.ItemType.ToString(), column.Type.ToString());
        }

        int length = column.Type is VectorDataViewType vector ? vector.Size : 1;
        int known = node.Shape.Where(dimension => dimension > 0).Aggregate(1, (product, dimension) => checked(product * dimension));
        if (length > 0 && length % known != 0)
        {
            throw new InvalidOperationException($"Input shape mismatch: Input '{node.Name}' has shape {string.Join(",", node.Shape)}, but input data is of length {length}.");
        }
    }
}
