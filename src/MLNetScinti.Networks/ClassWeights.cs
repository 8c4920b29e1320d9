using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace MLNetScinti.Networks;

/// <summary>How much a case counts in a loss, by its class: one number for each class, in their order. For two classes the first is that of label 0.</summary>
[CollectionBuilder(typeof(ClassWeights), nameof(Create))]
public sealed class ClassWeights : IReadOnlyList<double>, IEquatable<ClassWeights>
{
    private readonly double[] _values;

    private ClassWeights(double[] values) => _values = values;

    /// <summary>The number of classes.</summary>
    public int Count => _values.Length;

    /// <summary>The weight of a class.</summary>
    public double this[int index] => _values[index];

    /// <summary>Weights of classes, in order.</summary>
    /// <exception cref="ArgumentException">There are fewer than two, or one is not a number of 0 or more.</exception>
    public static ClassWeights Create(params ReadOnlySpan<double> values)
    {
        ClassWeights weights = new(values.ToArray());
        return values.Length >= 2 && weights._values.All(value => value >= 0 && double.IsFinite(value))
            ? weights
            : throw new ArgumentException($"Class weights are two numbers or more, each of 0 or more; found {weights}.", nameof(values));
    }

    /// <summary>All cases by the cases of the class, N / N_c: 368 and 152 cases give 1.413 and 3.421.</summary>
    /// <exception cref="ArgumentException">A class is empty.</exception>
    public static ClassWeights Balanced(params ReadOnlySpan<int> counts)
    {
        int[] found = counts.ToArray();
        double all = found.Sum();
        return found.All(count => count > 0)
            ? Create([.. found.Select(count => all / count)])
            : throw new ArgumentException(
                $"Training needs cases of every class; found {string.Join(" and ", found.Select((count, index) => string.Create(CultureInfo.InvariantCulture, $"{count} of class {index}")))}.", nameof(counts));
    }

    /// <inheritdoc/>
    public bool Equals(ClassWeights? other) => other is not null && _values.AsSpan().SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ClassWeights);

    /// <inheritdoc/>
    public override int GetHashCode() => _values.Aggregate(_values.Length, HashCode.Combine);

    /// <summary>For example "1.5 and 3".</summary>
    public override string ToString() => string.Join(" and ", _values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    /// <inheritdoc/>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
