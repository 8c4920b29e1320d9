namespace Microsoft.ML.Data;

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = false, Inherited = true)]
public sealed class VectorTypeAttribute : Attribute
{
    public VectorTypeAttribute()
    {
    }

    public VectorTypeAttribute(int size)
    {
        Guard.Argument(size >= 0, nameof(size), "The size must be non-negative.");
        Dims = [size];
    }

    public VectorTypeAttribute(params int[] dimensions)
    {
        Guard.NotNull(dimensions, nameof(dimensions));
        Guard.Argument(dimensions.All(dimension => dimension >= 0), nameof(dimensions), "Values must be non-negative.");
        Dims = dimensions;
    }

    internal int[] Dims { get; }
}
