using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines.Training;

/// <summary>Reads a view case by case: features, label, the pseudonyms of the case and of its patient.</summary>
internal sealed class FeatureCursor : IDisposable
{
    private readonly DataViewRowCursor _cursor;
    private readonly string[] _names;
    private readonly ImageShape[] _shapes;
    private readonly ValueGetter<VBuffer<float>>[] _features;
    private readonly ValueGetter<bool> _label;
    private readonly ValueGetter<ReadOnlyMemory<char>>? _case;
    private readonly ValueGetter<ReadOnlyMemory<char>> _patient;
    private readonly float[][] _values;

    public FeatureCursor(IDataView view, IReadOnlyList<string> features, string labelColumn, string caseColumn, string patientColumn)
    {
        _names = [.. features];
        _shapes = [.. features.Select(feature => ImageColumns.ShapeOf(view.Schema, feature))];
        _values = [.. _shapes.Select(shape => new float[shape.Length])];
        DataViewSchema.Column label = Column(view.Schema, labelColumn, BooleanDataViewType.Instance);
        DataViewSchema.Column patient = Column(view.Schema, patientColumn, TextDataViewType.Instance);
        DataViewSchema.Column? name = view.Schema.GetColumnOrNull(caseColumn);
        DataViewSchema.Column[] columns = [.. features.Select(feature => view.Schema[feature])];
        _cursor = view.GetRowCursor(name is null ? [label, patient, .. columns] : [label, name.Value, patient, .. columns]);
        _features = [.. columns.Select(column => _cursor.GetGetter<VBuffer<float>>(column))];
        _label = _cursor.GetGetter<bool>(label);
        _case = name is null ? null : _cursor.GetGetter<ReadOnlyMemory<char>>(name.Value);
        _patient = _cursor.GetGetter<ReadOnlyMemory<char>>(patient);
    }

    /// <summary>The shape of each feature.</summary>
    public IReadOnlyList<ImageShape> Shapes => _shapes;

    /// <summary>The features of the case at hand; overwritten by the next.</summary>
    public IReadOnlyList<float[]> Features => _values;

    public bool Label { get; private set; }

    public string Case { get; private set; } = "";

    public string Patient { get; private set; } = "";

    public bool MoveNext()
    {
        if (!_cursor.MoveNext())
        {
            return false;
        }

        VBuffer<float> vector = default, dense = default;
        for (int i = 0; i < _features.Length; i++)
        {
            _features[i](ref vector);
            ImageColumns.Values(vector, ref dense, _shapes[i], _names[i]).CopyTo(_values[i]);
        }

        bool label = false;
        _label(ref label);
        Label = label;
        ReadOnlyMemory<char> text = default;
        _case?.Invoke(ref text);
        Case = _case is null ? $"row {_cursor.Position}" : text.ToString();
        _patient(ref text);
        Patient = text.ToString();
        return true;
    }

    public void Dispose() => _cursor.Dispose();

    private static DataViewSchema.Column Column(DataViewSchema schema, string name, DataViewType type)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(name)
            ?? throw new ColumnException($"There is no column '{name}'; there are {string.Join(", ", schema.Where(there => !there.IsHidden).Select(there => there.Name))}.");
        return column.Type.Equals(type) ? column : throw new ColumnException($"The column '{name}' is expected to hold {type}, found {column.Type}.");
    }
}
