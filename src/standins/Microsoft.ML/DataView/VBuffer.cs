using System.Collections;

namespace Microsoft.ML.Data;

/// <summary>A vector, dense or sparse, over arrays that can be used again from row to row.</summary>
public readonly struct VBuffer<T> : IEnumerable
{
    public readonly int Length;

    private readonly T[] _values;
    private readonly int[] _indices;
    private readonly int _count;

    public VBuffer(int length, T[] values, int[] indices = null)
    {
        Guard.Argument(length >= 0, nameof(length));
        Guard.Argument((values?.Length ?? 0) >= length, nameof(values));
        Length = length;
        _values = values;
        _count = length;
        _indices = indices;
    }

    public VBuffer(int length, int count, T[] values, int[] indices)
    {
        Guard.Argument(length >= 0, nameof(length));
        Guard.Argument(count >= 0 && count <= length, nameof(count));
        Guard.Argument((values?.Length ?? 0) >= count, nameof(values));
        if (count != length)
        {
            Guard.Argument((indices?.Length ?? 0) >= count, nameof(indices));
        }

        Length = length;
        _count = count;
        _values = values;
        _indices = indices;
    }

    public bool IsDense => _count == Length;

    internal T[] ValuesArray => _values;

    internal int[] IndicesArray => _indices;

    internal int Count => _count;

    public ReadOnlySpan<T> GetValues() => _values.AsSpan(0, _count);

    public ReadOnlySpan<int> GetIndices() => IsDense ? default : _indices.AsSpan(0, _count);

    public void CopyToDense(ref VBuffer<T> destination)
    {
        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, Length);
        CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination)
    {
        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, Length, _count);
        GetValues().CopyTo(editor.Values);
        if (!IsDense)
        {
            GetIndices().CopyTo(editor.Indices);
        }

        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination, int sourceIndex, int length)
    {
        Guard.Argument(sourceIndex >= 0 && sourceIndex <= Length, nameof(sourceIndex));
        Guard.Argument(length >= 0 && length <= Length - sourceIndex, nameof(length));
        if (IsDense)
        {
            VBufferEditor<T> dense = VBufferEditor.Create(ref destination, length);
            GetValues().Slice(sourceIndex, length).CopyTo(dense.Values);
            destination = dense.Commit();
            return;
        }

        int first = FirstAtOrAfter(sourceIndex);
        int last = FirstAtOrAfter(sourceIndex + length);
        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, length, last - first);
        GetValues()[first..last].CopyTo(editor.Values);
        if (last - first < length)
        {
            for (int i = first; i < last; i++)
            {
                editor.Indices[i - first] = _indices[i] - sourceIndex;
            }
        }

        destination = editor.Commit();
    }

    public void CopyTo(Span<T> destination)
    {
        Guard.Argument(destination.Length >= Length, nameof(destination), "Not large enough to hold these values.");
        Fill(destination[..Length], default);
    }

    public void CopyTo(Span<T> destination, int destinationIndex, T defaultValue = default)
    {
        Guard.Argument(destinationIndex >= 0 && destinationIndex <= destination.Length - Length, nameof(destination), "Not large enough to hold these values.");
        Fill(destination.Slice(destinationIndex, Length), defaultValue);
    }

    public static void Copy(T[] source, int sourceIndex, ref VBuffer<T> destination, int length)
    {
        Guard.Argument(length >= 0 && length <= (source?.Length ?? 0), nameof(length));
        Guard.Argument(sourceIndex >= 0 && sourceIndex <= (source?.Length ?? 0) - length, nameof(sourceIndex));
        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, length);
        source.AsSpan(sourceIndex, length).CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public IEnumerable<KeyValuePair<int, T>> Items(bool all = false) => AllItems(_values, _indices, _count, Length, all);

    public IEnumerable<T> DenseValues() => AllItems(_values, _indices, _count, Length, true).Select(item => item.Value);

    public void GetItemOrDefault(int index, ref T destination) => destination = GetItemOrDefault(index);

    public T GetItemOrDefault(int index)
    {
        Guard.Argument((uint)index < (uint)Length, nameof(index));
        if (IsDense)
        {
            return _values[index];
        }

        int at = _indices.AsSpan(0, _count).BinarySearch(index);
        return at < 0 ? default : _values[at];
    }

    public override string ToString() =>
        IsDense ? $"Dense vector of size {Length}" : $"Sparse vector of size {Length}, {_count} explicit values";

    public IEnumerator GetEnumerator() => DenseValues().GetEnumerator();

    private static IEnumerable<KeyValuePair<int, T>> AllItems(T[] values, int[] indices, int count, int length, bool all)
    {
        if (count == length)
        {
            for (int i = 0; i < length; i++)
            {
                yield return new KeyValuePair<int, T>(i, values[i]);
            }

            yield break;
        }

        int at = 0;
        for (int i = 0; i < length; i++)
        {
            if (at < count && indices[at] == i)
            {
                yield return new KeyValuePair<int, T>(i, values[at++]);
            }
            else if (all)
            {
                yield return new KeyValuePair<int, T>(i, default);
            }
        }
    }

    private int FirstAtOrAfter(int index)
    {
        int at = _indices.AsSpan(0, _count).BinarySearch(index);
        return at < 0 ? ~at : at;
    }

    private void Fill(Span<T> destination, T defaultValue)
    {
        if (IsDense)
        {
            GetValues().CopyTo(destination);
            return;
        }

        destination.Fill(defaultValue);
        for (int i = 0; i < _count; i++)
        {
            destination[_indices[i]] = _values[i];
        }
    }
}
