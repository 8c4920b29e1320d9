namespace Microsoft.ML.Data;

public abstract class DataViewType : IEquatable<DataViewType>
{
    private protected DataViewType(Type rawType) => RawType = Guard.NotNull(rawType, nameof(rawType));

    public Type RawType { get; }

    public abstract bool Equals(DataViewType other);

    internal static string Plain(Type type) => type.Name;
}
