using System.Collections;
using System.Runtime.CompilerServices;

namespace TorchSharp.Utils;

/// <summary>The elements of a CPU tensor, in row-major order whatever the strides are.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly long[] _sizes;
    private readonly long[] _strides;
    private readonly bool _dense;
    private torch.Tensor _tensor;
    private T* _data;

    internal TensorAccessor(torch.Tensor tensor)
    {
        (_sizes, _strides) = tensor.Layout();
        _dense = tensor.is_contiguous();
        Count = tensor.NumberOfElements;
        _data = (T*)tensor.DataPointer();
        _tensor = tensor;
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get => _data[Offset(indices)];
        set => _data[Offset(indices)] = value;
    }

    public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !(left == right);

    public T[] ToArray()
    {
        T[] array = GC.AllocateUninitializedArray<T>(checked((int)Count));
        CopyTo(array);
        return array;
    }

    public Array ToNDArray()
    {
        if (_sizes.Length == 0)
        {
            return ToArray();
        }

        Array array = Array.CreateInstance(typeof(T), _sizes);
        T[] flat = ToArray();
        fixed (byte* to = &System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array))
        {
            flat.CopyTo(new Span<T>(to, flat.Length));
        }

        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        Span<T> to = array[arrayIndex..];
        int count = (int)Math.Min(to.Length, Count - tensorIndex);
        if (_dense)
        {
            new Span<T>(_data + tensorIndex, count).CopyTo(to);
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                to[i] = _data[Offset(tensorIndex + i)];
            }
        }

        GC.KeepAlive(_tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        ReadOnlySpan<T> from = array[arrayIndex..];
        int count = (int)Math.Min(from.Length, Count - tensorIndex);
        if (_dense)
        {
            from[..count].CopyTo(new Span<T>(_data + tensorIndex, count));
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                _data[Offset(tensorIndex + i)] = from[i];
            }
        }

        GC.KeepAlive(_tensor);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++)
        {
            yield return At(i);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override bool Equals(object obj) => obj is TensorAccessor<T> other && other.Count == Count && this.SequenceEqual(other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(_tensor);

    public void Dispose()
    {
        _data = null;
        _tensor = null;
    }

    private T At(long index) => _data[_dense ? index : Offset(index)];

    private long Offset(long[] indices)
    {
        if (indices.Length == 1 && _sizes.Length != 1)
        {
            return Offset(indices[0]);
        }

        long offset = 0;
        for (int d = 0; d < indices.Length; d++)
        {
            if (indices[d] < 0 || indices[d] >= _sizes[d])
            {
                throw new IndexOutOfRangeException($"Index {indices[d]} is out of bounds for dimension {d} with size {_sizes[d]}.");
            }

            offset += indices[d] * _strides[d];
        }

        return offset;
    }

    private long Offset(long index)
    {
        if (index < 0 || index >= Count)
        {
            throw new IndexOutOfRangeException();
        }

        if (_dense)
        {
            return index;
        }

        long offset = 0;
        for (int d = _sizes.Length - 1; d >= 0; d--)
        {
            offset += index % _sizes[d] * _strides[d];
            index /= _sizes[d];
        }

        return offset;
    }
}
