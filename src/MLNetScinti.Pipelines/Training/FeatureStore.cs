using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines.Training;

/// <summary>
/// The features of a set of cases, read once from a view and then at hand in any order: in memory up to a budget, in a
/// private file beyond it. Training visits every case in every epoch, and nothing is computed again.
/// </summary>
internal sealed class FeatureStore : IDisposable
{
    /// <summary>Bytes of features that are held in memory: more goes to disk.</summary>
    public const long DefaultMemoryBudget = 1L << 30;

    private readonly List<float[]> _memory = [];
    private readonly List<Target> _targets = [];
    private readonly List<ulong> _keys = [];
    private readonly XxHash128 _content = new();
    private readonly int _valuesPerCase;
    private FileStream? _file;
    private MemoryMappedFile? _mapped;
    private MemoryMappedViewAccessor? _view;

    private FeatureStore(IReadOnlyList<ImageShape> shapes, LearningTask task)
    {
        Shapes = shapes;
        Task = task;
        _valuesPerCase = shapes.Sum(shape => shape.Length);
    }

    /// <summary>The shape of each feature.</summary>
    public IReadOnlyList<ImageShape> Shapes { get; }

    /// <summary>What is asked of a case.</summary>
    public LearningTask Task { get; }

    /// <summary>The number of cases.</summary>
    public int Count => _targets.Count;

    /// <summary>What is true of the cases.</summary>
    public IReadOnlyList<Target> Targets => _targets;

    /// <summary>Whether the features are on disk.</summary>
    public bool IsOnDisk => _file is not null;

    /// <summary>A number that belongs to what a case holds, not to its name: draws are keyed by it, so no secret decides them.</summary>
    public ulong Key(int index) => _keys[index];

    /// <summary>A hash of all features and of what is true of each case, in order.</summary>
    public string ContentHash => Convert.ToHexStringLower(_content.GetCurrentHash());

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
    /// <exception cref="ColumnException">A column is missing or of another type.</exception>
    public static FeatureStore Read(IDataView view, IReadOnlyList<string> features, NetworkTrainerOptions options, CancellationToken cancellationToken)
    {
        FeatureStore store = new([.. features.Select(name => ImageColumns.ShapeOf(view.Schema, name))], options.Task);
        try
        {
            store.Fill(view, features, options.LabelColumnName, options.MemoryBudget, cancellationToken);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Rows that come from no view: all features of each, one after the other, and what is true of it.</summary>
    public static FeatureStore Of(IReadOnlyList<ImageShape> shapes, LearningTask task, IEnumerable<(float[] Values, Target Truth)> rows, long budget, CancellationToken cancellationToken)
    {
        FeatureStore store = new(shapes, task);
        try
        {
            foreach ((float[] values, Target truth) in rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                store.Add(values, truth, budget);
            }

            store.Close();
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

    private void Fill(IDataView view, IReadOnlyList<string> features, string labelColumn, long budget, CancellationToken cancellationToken)
    {
        DataViewSchema.Column label = view.Schema.GetColumnOrNull(labelColumn)
            ?? throw new ColumnException($"There is no label column '{labelColumn}'.");
        DataViewSchema.Column[] columns = [.. features.Select(feature => view.Schema[feature])];
        using DataViewRowCursor cursor = view.GetRowCursor([label, .. columns]);
        Func<Target> target = Task.TargetReader(cursor, label);
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

            Add(values, target(), budget);
        }

        Close();
    }

    private void Add(float[] values, Target truth, long budget)
    {
        _targets.Add(truth);
        _content.Append(MemoryMarshal.AsBytes(values.AsSpan()));
        _content.Append(truth is MaskTarget mask ? mask.Labels.Span : Encoding.UTF8.GetBytes($"{truth.Pattern}\n"));
        _keys.Add(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(values.AsSpan())));
        Add(values, budget);
    }

    private void Close()
    {
        if (_file is not null)
        {
            _file.Flush();
            _mapped = MemoryMappedFile.CreateFromFile(_file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            _view = _mapped.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        }
    }

    private void Add(float[] values, long budget)
    {
        if (_file is null && (long)Count * _valuesPerCase * sizeof(float) <= budget)
        {
            _memory.Add(values);
            return;
        }

        if (_file is null)
        {
            _file = PrivateFile.Create("features");
            foreach (float[] earlier in _memory)
            {
                Write(earlier);
            }

            _memory.Clear();
        }

        Write(values);
    }

    private void Write(float[] values) => _file!.Write(MemoryMarshal.AsBytes(values.AsSpan()));
}
