using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>An input or output of a graph: its name, its dimensions (0 for those that stay unknown) and the type of its items.</summary>
internal sealed record OnnxNode(string Name, int[] Shape, PrimitiveDataViewType ItemType)
{
    /// <summary>The type of the column that an output makes; a shape with an unknown dimension leaves the size open.</summary>
    public VectorDataViewType ColumnType => Shape.Length == 0 || Shape.Contains(0)
        ? new VectorDataViewType(ItemType)
        : new VectorDataViewType(ItemType, Shape);

    /// <summary>An unknown batch dimension is one: images are scored one by one.</summary>
    public static OnnxNode Of(string name, NodeMetadata metadata, IDictionary<string, int[]> shapes)
    {
        if (!metadata.IsTensor)
        {
            throw new NotSupportedException($"ONNX type of '{name}' is not supported: {metadata.OnnxValueType}");
        }

        int[] shape = metadata.Dimensions;
        if (shapes is not null && shapes.TryGetValue(name, out int[] given))
        {
            if (!Fits(given, shape))
            {
                throw new ArgumentOutOfRangeException(
                    $"The specified shape {string.Join(",", given)} is not compatible with the shape {string.Join(",", shape)} loaded from the ONNX model file. Only unknown dimension can replace or be replaced by another dimension.",
                    given,
                    "shapeDictionary");
            }

            shape = given;
        }

        int first = Array.FindIndex(shape, dimension => dimension <= 0);
        return new OnnxNode(name, [.. shape.Select((dimension, i) => i == first && i == 0 ? 1 : Math.Max(dimension, 0))], ItemOf(metadata.ElementDataType));
    }

    private static bool Fits(int[] given, int[] model) =>
        given.Length == model.Length && given.Zip(model).All(pair => pair.First <= 0 || pair.Second <= 0 || pair.First == pair.Second);

    private static PrimitiveDataViewType ItemOf(TensorElementType type) => type switch
    {
        TensorElementType.Float => NumberDataViewType.Single,
        TensorElementType.Double => NumberDataViewType.Double,
        TensorElementType.Int8 => NumberDataViewType.SByte,
        TensorElementType.UInt8 => NumberDataViewType.Byte,
        TensorElementType.Int16 => NumberDataViewType.Int16,
        TensorElementType.UInt16 => NumberDataViewType.UInt16,
        TensorElementType.Int32 => NumberDataViewType.Int32,
        TensorElementType.UInt32 => NumberDataViewType.UInt32,
        TensorElementType.Int64 => NumberDataViewType.Int64,
        TensorElementType.UInt64 => NumberDataViewType.UInt64,
        TensorElementType.Bool => BooleanDataViewType.Instance,
        TensorElementType.String => TextDataViewType.Instance,
        _ => throw new InvalidOperationException($"Unsupported ONNX scalar type: {type}"),
    };
}
