using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetScinti.Pipelines.Data;

/// <summary>
/// A lazy view over rows that are made anew on each pass. Nothing is read before a cursor moves, nothing is kept behind it.
/// </summary>
/// <param name="columns">The columns, in order.</param>
/// <param name="read">
/// Begins a pass; told whether any column is needed that needs the pixels. Rows must come in the same order on each pass.
/// </param>
internal sealed class StreamingDataView<TRow>(IReadOnlyList<StreamingColumn<TRow>> columns, Func<bool, IEnumerable<TRow>> read) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema { get; } = MakeSchema(columns);

    public long? GetRowCount() => null;

    // The order of rows is part of what a seed decides, so a request to shuffle is not heeded: CanShuffle says so.
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        bool[] active = new bool[columns.Count];
        foreach (DataViewSchema.Column column in columnsNeeded)
        {
            active[column.Index] = true;
        }

        bool pixels = columns.Where((column, index) => active[index] && column.IsImage).Any();
        return new Cursor(this, columns, active, read(pixels));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private static DataViewSchema MakeSchema(IReadOnlyList<StreamingColumn<TRow>> columns)
    {
        DataViewSchema.Builder builder = new();
        foreach (StreamingColumn<TRow> column in columns)
        {
            DataViewSchema.Annotations.Builder annotations = new();
            column.Annotations?.Invoke(annotations);
            builder.AddColumn(column.Name, column.Type, annotations.ToAnnotations());
        }

        return builder.ToSchema();
    }

    private sealed class Cursor(StreamingDataView<TRow> view, IReadOnlyList<StreamingColumn<TRow>> columns, bool[] active, IEnumerable<TRow> rows) : DataViewRowCursor
    {
        private readonly IEnumerator<TRow> _rows = rows.GetEnumerator();
        private long _position = -1;
        private bool _ended;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!active[column.Index])
            {
                throw new InvalidOperationException($"The column '{column.Name}' was not asked for when this cursor was made.");
            }

            return columns[column.Index].MakeGetter(() => _position >= 0 && !_ended ? _rows.Current
                    : throw new InvalidOperationException("The cursor is not on a row: call MoveNext first.")) as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"The column '{column.Name}' holds {columns[column.Index].Type}, not {typeof(TValue)}.");
        }

        public override bool MoveNext()
        {
            if (!_ended && _rows.MoveNext())
            {
                _position++;
                return true;
            }

            _ended = true;
            _position = -1;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _rows.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

/// <summary>What columns of cases have in common.</summary>
internal static class StreamingColumn
{
    /// <summary>The annotation of a column that holds a fact of the case, and is carried to evaluations.</summary>
    public const string FactAnnotation = "IsFact";

    public static void MarkAsFact(DataViewSchema.Annotations.Builder annotations) => annotations.AddPrimitiveValue(FactAnnotation, BooleanDataViewType.Instance, value: true);
}

/// <summary>One column over rows of a type: its name, its ML.NET type, and how its value is read off the current row.</summary>
internal sealed class StreamingColumn<TRow>
{
    private StreamingColumn(string name, DataViewType type, bool isImage, Func<Func<TRow>, Delegate> makeGetter)
    {
        Name = name;
        Type = type;
        IsImage = isImage;
        MakeGetter = makeGetter;
    }

    public string Name { get; }

    public DataViewType Type { get; }

    /// <summary>Whether the value needs the pixels; a cursor that reads no such column decodes none.</summary>
    public bool IsImage { get; }

    /// <summary>Adds the column's annotations.</summary>
    public Action<DataViewSchema.Annotations.Builder>? Annotations { get; init; }

    /// <summary>Makes a getter (a <see cref="ValueGetter{TValue}"/>) from a function that gives the current row.</summary>
    public Func<Func<TRow>, Delegate> MakeGetter { get; }

    public static StreamingColumn<TRow> Text(string name, Func<TRow, string?> value, Action<DataViewSchema.Annotations.Builder>? annotations = null) =>
        new(name, TextDataViewType.Instance, isImage: false,
            row => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> text) => text = value(row()).AsMemory()))
        { Annotations = annotations };

    public static StreamingColumn<TRow> Number(string name, Func<TRow, float> value, Action<DataViewSchema.Annotations.Builder>? annotations = null) =>
        new(name, NumberDataViewType.Single, isImage: false, row => (ValueGetter<float>)((ref float number) => number = value(row())))
        { Annotations = annotations };

    public static StreamingColumn<TRow> Flag(string name, Func<TRow, bool> value) => new(name, BooleanDataViewType.Instance, isImage: false,
        row => (ValueGetter<bool>)((ref bool flag) => flag = value(row())));

    /// <summary>One of several names: a key counts from 1, and its annotation holds the names.</summary>
    public static StreamingColumn<TRow> Key(string name, IReadOnlyList<string> names, Func<TRow, int> index) => new(name, new KeyDataViewType(typeof(uint), names.Count), isImage: false,
        row => (ValueGetter<uint>)((ref uint key) => key = (uint)index(row()) + 1))
    { Annotations = builder => builder.Add("KeyValues", new VectorDataViewType(TextDataViewType.Instance, names.Count), Names(names)) };

    /// <summary>A yes or no for each of several names.</summary>
    public static StreamingColumn<TRow> Flags(string name, IReadOnlyList<string> names, Func<TRow, IReadOnlyList<bool>> value) =>
        new(name, new VectorDataViewType(BooleanDataViewType.Instance, names.Count), isImage: false,
            row => (ValueGetter<VBuffer<bool>>)((ref VBuffer<bool> vector) =>
            {
                IReadOnlyList<bool> flags = value(row());
                VBufferEditor<bool> editor = VBufferEditor.Create(ref vector, flags.Count);
                for (int i = 0; i < flags.Count; i++)
                {
                    editor.Values[i] = flags[i];
                }

                vector = editor.Commit();
            }))
        { Annotations = builder => builder.Add("SlotNames", new VectorDataViewType(TextDataViewType.Instance, names.Count), Names(names)) };

    public static StreamingColumn<TRow> Vector(string name, IReadOnlyList<int> dimensions, bool isImage, Func<TRow, ReadOnlyMemory<float>> value) =>
        new(name, new VectorDataViewType(NumberDataViewType.Single, dimensions.ToArray()), isImage,
            row => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> vector) =>
            {
                ReadOnlySpan<float> values = value(row()).Span;
                VBufferEditor<float> editor = VBufferEditor.Create(ref vector, values.Length);
                values.CopyTo(editor.Values);
                vector = editor.Commit();
            }));

    private static ValueGetter<VBuffer<ReadOnlyMemory<char>>> Names(IReadOnlyList<string> names) =>
        (ref VBuffer<ReadOnlyMemory<char>> values) => values = new VBuffer<ReadOnlyMemory<char>>(names.Count, [.. names.Select(name => name.AsMemory())]);
}
