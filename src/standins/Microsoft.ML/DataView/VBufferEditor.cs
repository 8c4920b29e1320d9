namespace Microsoft.ML.Data;

public static class VBufferEditor
{
    public static VBufferEditor<T> CreateFromBuffer<T>(scoped ref VBuffer<T> destination) =>
        Create(ref destination, destination.Length, destination.Count, keepOldOnResize: true);

    /// <summary>An editor over the arrays of <paramref name="destination"/>, which are replaced where they are too small.</summary>
    public static VBufferEditor<T> Create<T>(
        scoped ref VBuffer<T> destination,
        int newLogicalLength,
        int? valuesCount = null,
        int? maxValuesCapacity = null,
        bool keepOldOnResize = false,
        bool requireIndicesOnDense = false)
    {
        Guard.Argument(newLogicalLength >= 0, nameof(newLogicalLength), "Must be non-negative.");
        Guard.Argument(valuesCount is null or >= 0, nameof(valuesCount), "Must be non-negative.");
        Guard.Argument(valuesCount is null || valuesCount <= newLogicalLength, nameof(valuesCount), "Must be less than or equal to newLogicalLength.");
        int count = valuesCount ?? newLogicalLength;
        int capacity = Math.Max(count, Math.Min(maxValuesCapacity ?? int.MaxValue, newLogicalLength) is var most && maxValuesCapacity is null ? count : most);
        T[] values = destination.ValuesArray;
        bool newValues = (values?.Length ?? 0) < count;
        if (newValues)
        {
            T[] larger = new T[capacity];
            if (keepOldOnResize && values is not null)
            {
                Array.Copy(values, larger, Math.Min(values.Length, destination.Count));
            }

            values = larger;
        }

        int[] indices = destination.IndicesArray;
        bool newIndices = false;
        if (count < newLogicalLength || requireIndicesOnDense)
        {
            newIndices = (indices?.Length ?? 0) < count;
            if (newIndices)
            {
                int[] larger = new int[capacity];
                if (keepOldOnResize && indices is not null)
                {
                    Array.Copy(indices, larger, Math.Min(indices.Length, count));
                }

                indices = larger;
            }
        }

        return new VBufferEditor<T>(newLogicalLength, count, values, indices, requireIndicesOnDense, newValues, newIndices);
    }
}
