using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace MLNetScinti.Networks;

/// <summary>
/// One whole number for each axis in space, slowest first, or one for all of them: a kernel of 3 is 3, a kernel of 1 x 7 is
/// [1, 7].
/// </summary>
[CollectionBuilder(typeof(PerAxis), nameof(Create))]
public readonly struct PerAxis : IReadOnlyList<int>, IEquatable<PerAxis>
{
    private readonly int[]? _values;

    private PerAxis(int[] values) => _values = values;

    /// <summary>1 for a number that holds for every axis, else the number of axes.</summary>
    public int Count => Values.Length;

    /// <summary>A number as it was given.</summary>
    public int this[int index] => Values[index];

    /// <summary>The number, where all axes have the same; else null.</summary>
    public int? Uniform => Values.AsSpan().IndexOfAnyExcept(Values[0]) < 0 ? Values[0] : null;

    private int[] Values => _values is { Length: > 0 } values ? values : [0];

    /// <summary>The same number on every axis.</summary>
    public static implicit operator PerAxis(int value) => FromInt32(value);

    /// <summary>Whether two have the same numbers.</summary>
    public static bool operator ==(PerAxis left, PerAxis right) => left.Equals(right);

    /// <summary>Whether two have different numbers.</summary>
    public static bool operator !=(PerAxis left, PerAxis right) => !left.Equals(right);

    /// <summary>The same number on every axis.</summary>
    public static PerAxis FromInt32(int value) => new([value]);

    /// <summary>One number for each axis, slowest first.</summary>
    public static PerAxis Create(ReadOnlySpan<int> values) => new(values.ToArray());

    /// <summary>Each number after a function.</summary>
    public PerAxis Map(Func<int, int> function) => new([.. Values.Select(function)]);

    /// <summary>The numbers for an image of so many axes in space.</summary>
    /// <exception cref="NetworkGraphException">There are as many numbers as another rank has axes.</exception>
    public long[] For(int rank)
    {
        if (Count != 1 && Count != rank)
        {
            throw new NetworkGraphException($"expected one number or one for each of {rank} axes, found {this}");
        }

        long[] values = new long[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            values[axis] = Values[Count == 1 ? 0 : axis];
        }

        return values;
    }

    /// <inheritdoc/>
    public bool Equals(PerAxis other) => Values.AsSpan().SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PerAxis other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Values.Aggregate(Count, HashCode.Combine);

    /// <summary>For example "3" or "1 x 7".</summary>
    public override string ToString() => string.Join(" x ", Values);

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)Values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A number where one holds for all axes, else an array.</summary>
    internal void Write(Utf8JsonWriter json, string name)
    {
        if (Count == 1)
        {
            json.WriteNumber(name, Values[0]);
            return;
        }

        json.WriteStartArray(name);
        foreach (int value in Values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
