using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetScinti.Pipelines.Data;

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

    /// <summary>Makes a getter (a <see cref="ValueGetter{TValue}"/>) from a function that gives the current row.</summary>
    public Func<Func<TRow>, Delegate> MakeGetter { get; }

    public static StreamingColumn<TRow> Text(string name, Func<TRow, string?> value) => new(name, TextDataViewType.Instance, isImage: false,
        row => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> text) => text = value(row()).AsMemory()));

    public static StreamingColumn<TRow> Number(string name, Func<TRow, float> value) => new(name, NumberDataViewType.Single, isImage: false,
        row => (ValueGetter<float>)((ref float number) => number = value(row())));

    public static StreamingColumn<TRow> Flag(string name, Func<TRow, bool> value) => new(name, BooleanDataViewType.Instance, isImage: false,
        row => (ValueGetter<bool>)((ref bool flag) => flag = value(row())));

    public static StreamingColumn<TRow> Vector(string name, IReadOnlyList<int> dimensions, bool isImage, Func<TRow, ReadOnlyMemory<float>> value) =>
        new(name, new VectorDataViewType(NumberDataViewType.Single, dimensions.ToArray()), isImage,
            row => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> vector) =>
            {
                ReadOnlySpan<float> values = value(row()).Span;
                VBufferEditor<float> editor = VBufferEditor.Create(ref vector, values.Length);
                values.CopyTo(editor.Values);
                vector = editor.Commit();
            }));
}
