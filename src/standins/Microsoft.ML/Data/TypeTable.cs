using System.Collections.Concurrent;

namespace Microsoft.ML.Data;

/// <summary>Which column type a .NET type makes.</summary>
internal static class TypeTable
{
    private static readonly Dictionary<Type, PrimitiveDataViewType> Primitives = new()
    {
        [typeof(sbyte)] = NumberDataViewType.SByte,
        [typeof(byte)] = NumberDataViewType.Byte,
        [typeof(short)] = NumberDataViewType.Int16,
        [typeof(ushort)] = NumberDataViewType.UInt16,
        [typeof(int)] = NumberDataViewType.Int32,
        [typeof(uint)] = NumberDataViewType.UInt32,
        [typeof(long)] = NumberDataViewType.Int64,
        [typeof(ulong)] = NumberDataViewType.UInt64,
        [typeof(float)] = NumberDataViewType.Single,
        [typeof(double)] = NumberDataViewType.Double,
        [typeof(bool)] = BooleanDataViewType.Instance,
        [typeof(string)] = TextDataViewType.Instance,
        [typeof(ReadOnlyMemory<char>)] = TextDataViewType.Instance,
        [typeof(DateTime)] = DateTimeDataViewType.Instance,
        [typeof(DateTimeOffset)] = DateTimeOffsetDataViewType.Instance,
        [typeof(TimeSpan)] = TimeSpanDataViewType.Instance,
        [typeof(DataViewRowId)] = RowIdDataViewType.Instance,
    };

    private static readonly ConcurrentDictionary<(Type Type, DataViewTypeAttribute Attribute), DataViewType> Registered = [];

    public static NumberDataViewType Number(Type type) => (NumberDataViewType)Primitives[type];

    public static PrimitiveDataViewType PrimitiveOrNull(Type type) => Primitives.GetValueOrDefault(type);

    public static PrimitiveDataViewType Of(DataKind kind) => kind switch
    {
        DataKind.SByte => NumberDataViewType.SByte,
        DataKind.Byte => NumberDataViewType.Byte,
        DataKind.Int16 => NumberDataViewType.Int16,
        DataKind.UInt16 => NumberDataViewType.UInt16,
        DataKind.Int32 => NumberDataViewType.Int32,
        DataKind.UInt32 => NumberDataViewType.UInt32,
        DataKind.Int64 => NumberDataViewType.Int64,
        DataKind.UInt64 => NumberDataViewType.UInt64,
        DataKind.Single => NumberDataViewType.Single,
        DataKind.Double => NumberDataViewType.Double,
        DataKind.String => TextDataViewType.Instance,
        DataKind.Boolean => BooleanDataViewType.Instance,
        DataKind.TimeSpan => TimeSpanDataViewType.Instance,
        DataKind.DateTime => DateTimeDataViewType.Instance,
        DataKind.DateTimeOffset => DateTimeOffsetDataViewType.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static void Register(DataViewType dataViewType, Type type, DataViewTypeAttribute attribute)
    {
        Guard.NotNull(dataViewType, nameof(dataViewType));
        Guard.NotNull(type, nameof(type));
        DataViewType known = Registered.GetOrAdd((type, attribute), dataViewType);
        if (!known.Equals(dataViewType))
        {
            throw new InvalidOperationException($"The type {type} is already registered with another column type, {known}.");
        }
    }

    public static DataViewType RegisteredOrNull(Type type, DataViewTypeAttribute attribute)
    {
        attribute?.Register();
        return Registered.GetValueOrDefault((type, attribute));
    }

    /// <summary>The type of a vector's items, or the type itself.</summary>
    public static DataViewType ItemType(this DataViewType type) => type is VectorDataViewType vector ? vector.ItemType : type;

    public static bool IsKnownSizeVector(this DataViewType type) => type is VectorDataViewType { IsKnownSize: true };
}
