using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Transforms;

/// <summary>A column that is missing, or holds something else than a step needs. The message is one line: the column, what was expected, what was found.</summary>
public sealed class ColumnException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public ColumnException(string message)
        : base(message)
    {
    }
}

/// <summary>How images stand in columns: vectors of Single whose dimensions are the image's, slowest first.</summary>
public static class ImageColumns
{
    /// <summary>The shape of the images in a column.</summary>
    /// <exception cref="ColumnException">The column is missing, or holds no images of a fixed shape.</exception>
    public static ImageShape ShapeOf(DataViewSchema schema, string column)
    {
        int[] dimensions = DimensionsOf(schema, column);
        return dimensions.Length is 2 or 3
            ? ImageShape.From(dimensions)
            : throw new ColumnException($"The column '{column}' is expected to hold images of two or three dimensions, found {schema[column].Type}.");
    }

    /// <summary>Whether a column holds Single of a fixed shape, or one Single.</summary>
    internal static bool IsImage(DataViewSchema.Column column) => column.Type.Equals(NumberDataViewType.Single)
        || column.Type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType.Equals(NumberDataViewType.Single);

    /// <summary>The dimensions of a column of Single: none for a scalar.</summary>
    public static int[] DimensionsOf(DataViewSchema schema, string column)
    {
        DataViewType? type = schema.GetColumnOrNull(column)?.Type
            ?? throw new ColumnException($"There is no column '{column}'; there are {string.Join(", ", schema.Where(there => !there.IsHidden).Select(there => there.Name))}.");
        return type switch
        {
            NumberDataViewType when type.Equals(NumberDataViewType.Single) => [],
            VectorDataViewType { IsKnownSize: true } vector when vector.ItemType.Equals(NumberDataViewType.Single) => [.. vector.Dimensions],
            _ => throw new ColumnException($"The column '{column}' is expected to hold Single numbers of a fixed shape, found {type}."),
        };
    }

    /// <summary>A column of images.</summary>
    public static DataViewSchema.DetachedColumn Column(string name, ImageShape shape) =>
        new(name, new VectorDataViewType(NumberDataViewType.Single, shape.ToArray()));

    /// <summary>Refuses a row whose vector is not as long as its column says: ML.NET does not look.</summary>
    public static ReadOnlySpan<float> Values(in VBuffer<float> vector, ref VBuffer<float> dense, ImageShape shape, string column)
    {
        if (vector.Length != shape.Length)
        {
            throw new InvalidOperationException($"A row of the column '{column}' holds {vector.Length} values; its type says {shape} = {shape.Length}.");
        }

        if (vector.IsDense)
        {
            return vector.GetValues();
        }

        vector.CopyToDense(ref dense);
        return dense.GetValues();
    }
}
