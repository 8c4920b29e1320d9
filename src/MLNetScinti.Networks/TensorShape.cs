using System.Collections;
using System.Runtime.CompilerServices;

namespace MLNetScinti.Networks;

/// <summary>
/// The dimensions of a value in a network, without the batch axis: [channels, rows, columns],
/// [channels, sections, rows, columns], or [features]. Slowest first. Immutable; compared by its dimensions.
/// </summary>
[CollectionBuilder(typeof(TensorShape), nameof(Create))]
public sealed class TensorShape : IEquatable<TensorShape>, IReadOnlyList<long>
{
    private readonly long[] _dimensions;

    private TensorShape(long[] dimensions) => _dimensions = dimensions;

    /// <summary>A shape of the given dimensions, each at least 1.</summary>
    /// <exception cref="ArgumentException">A dimension is below 1.</exception>
    public static TensorShape Create(ReadOnlySpan<long> dimensions)
    {
        foreach (long dimension in dimensions)
        {
            if (dimension < 1)
            {
                throw new ArgumentException($"A shape has dimensions of at least 1; found [{string.Join(", ", dimensions.ToArray())}].", nameof(dimensions));
            }
        }

        return new TensorShape(dimensions.ToArray());
    }

    /// <summary>The number of dimensions.</summary>
    public int Count => _dimensions.Length;

    /// <summary>One dimension.</summary>
    public long this[int index] => _dimensions[index];

    /// <summary>The first dimension: channels of an image, features of a vector.</summary>
    public long Channels => _dimensions[0];

    /// <summary>The number of dimensions in space: 2 for [channels, rows, columns], 3 for [channels, sections, rows, columns], 0 for [features].</summary>
    public int SpatialRank => Math.Max(0, _dimensions.Length - 1);

    /// <summary>The number of elements of one case.</summary>
    public long ElementCount
    {
        get
        {
            long count = 1;
            foreach (long dimension in _dimensions)
            {
                count = checked(count * dimension);
            }

            return count;
        }
    }

    /// <summary>The dimensions in space, slowest first.</summary>
    public ReadOnlySpan<long> Spatial => _dimensions.AsSpan(1);

    /// <summary>The dimensions as a new array.</summary>
    public long[] ToArray() => (long[])_dimensions.Clone();

    /// <summary>The dimensions with a batch axis in front.</summary>
    public long[] WithBatch(long batch) => [batch, .. _dimensions];

    /// <inheritdoc/>
    public bool Equals(TensorShape? other) => other is not null && _dimensions.AsSpan().SequenceEqual(other._dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TensorShape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (long dimension in _dimensions)
        {
            hash.Add(dimension);
        }

        return hash.ToHashCode();
    }

    /// <summary>For example [32, 64, 64].</summary>
    public override string ToString() => $"[{string.Join(", ", _dimensions)}]";

    /// <inheritdoc/>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)_dimensions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
