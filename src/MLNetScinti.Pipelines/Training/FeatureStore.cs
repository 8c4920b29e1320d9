using System.IO.MemoryMappedFiles;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines.Training;

/// <summary>
/// The features of a set of cases, read once from a view and then at hand in any order: in memory up to a budget, in a
/// temporary file beyond it. Training visits every case in every epoch, and decoding is not repeated.
/// </summary>
internal sealed class FeatureStore : IDisposable
{
    /// <summary>Bytes of features that are held in memory: more goes to disk.</summary>
    public const long MemoryBudget = 1L << 30;

    private readonly List<float[]> _memory = [];
    private readonly List<bool> _labels = [];
    private readonly List<string> _names = [];
    private readonly int _valuesPerCase;
    private FileStream? _file;
    private MemoryMappedFile? _mapped;
    private MemoryMappedViewAccessor? _view;

    private FeatureStore(IReadOnlyList<ImageShape> shapes)
    {
        Shapes = shapes;
        _valuesPerCase = shapes.Sum(shape => shape.Length);
    }

    /// <summary>The shape of each feature.</summary>
    public IReadOnlyList<ImageShape> Shapes { get; }

    /// <summary>The number of cases.</summary>
    public int Count => _labels.Count;

    /// <summary>The number of cases whose answer is true.</summary>
    public int Positives => _labels.Count(label => label);

    /// <summary>Whether the features are on disk.</summary>
    public bool IsOnDisk => _file is not null;

    /// <summary>The true answer for a case.</summary>
    public bool Label(int index) => _labels[index];

    /// <summary>A case's name, by pseudonym; the row's number where the view has no names.</summary>
    public string Name(int index) => _names[index];

    /// <summary>Copies one feature of a case.</summary>
    public void Read(int index, int feature, Span<float> values)
    {
        int start = Shapes.Take(feature).Sum(shape => shape.Length);
        if (_view is null)
        {
            _memory[index].AsSpan(start, values.Length).CopyTo(values);
            return;
        }

        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)(((long)index * _valuesPerCase) + start) * sizeof(float), values);
    }

    /// <summary>Reads a view to its end.</summary>
    /// <param name="view">The view.</param>
    /// <param name="features">The columns of images.</param>
    /// <param name="labelColumn">The Boolean column of answers.</param>
    /// <param name="nameColumn">The text column of names; it need not be there.</param>
    /// <param name="budget">Bytes to hold in memory.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static FeatureStore Read(
        IDataView view, IReadOnlyList<string> features, string labelColumn, string nameColumn, long budget, CancellationToken cancellationToken)
    {
        FeatureStore store = new([.. features.Select(name => ImageColumns.ShapeOf(view.Schema, name))]);
        try
        {
            store.Fill(view, features, labelColumn, nameColumn, budget, cancellationToken);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _view?.Dispose();
        _mapped?.Dispose();
        _file?.Dispose();
    }

    private void Fill(IDataView view, IReadOnlyList<string> features, string labelColumn, string nameColumn, long budget, CancellationToken cancellationToken)
    {
        DataViewSchema.Column label = view.Schema.GetColumnOrNull(labelColumn)
            ?? throw new ColumnException($"There is no label column '{labelColumn}'.");
        if (!label.Type.Equals(BooleanDataViewType.Instance))
        {
            throw new ColumnException($"The label column '{labelColumn}' is expected to hold Boolean, found {label.Type}.");
        }

        DataViewSchema.Column? name = view.Schema.GetColumnOrNull(nameColumn);
        DataViewSchema.Column[] columns = [.. features.Select(feature => view.Schema[feature])];
        using DataViewRowCursor cursor = view.GetRowCursor(name is null ? [label, .. columns] : [label, name.Value, .. columns]);
        ValueGetter<bool> labelGetter = cursor.GetGetter<bool>(label);
        ValueGetter<ReadOnlyMemory<char>>? nameGetter = name is null ? null : cursor.GetGetter<ReadOnlyMemory<char>>(name.Value);
        ValueGetter<VBuffer<float>>[] getters = [.. columns.Select(column => cursor.GetGetter<VBuffer<float>>(column))];
        VBuffer<float> vector = default, dense = default;
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            float[] values = new float[_valuesPerCase];
            int start = 0;
            for (int feature = 0; feature < getters.Length; feature++)
            {
                getters[feature](ref vector);
                ImageColumns.Values(vector, ref dense, Shapes[feature], features[feature]).CopyTo(values.AsSpan(start));
                start += Shapes[feature].Length;
            }

            bool positive = false;
            labelGetter(ref positive);
            ReadOnlyMemory<char> text = default;
            nameGetter?.Invoke(ref text);
            Add(values, positive, nameGetter is null ? $"row {cursor.Position}" : text.ToString(), budget);
        }

        if (_file is not null)
        {
            _file.Flush();
            _mapped = MemoryMappedFile.CreateFromFile(_file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            _view = _mapped.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        }
    }

    private void Add(float[] values, bool label, string name, long budget)
    {
        _labels.Add(label);
        _names.Add(name);
        if (_file is null && (long)Count * _valuesPerCase * sizeof(float) <= budget)
        {
            _memory.Add(values);
            return;
        }

        if (_file is null)
        {
            string path = Path.Combine(Path.GetTempPath(), $"scinti-features-{Guid.NewGuid():N}");
            _file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 20, FileOptions.DeleteOnClose);
            foreach (float[] earlier in _memory)
            {
                Write(earlier);
            }

            _memory.Clear();
        }

        Write(values);
    }

    private void Write(float[] values) => _file!.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
}
