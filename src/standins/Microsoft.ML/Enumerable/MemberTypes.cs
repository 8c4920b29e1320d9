using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>The .NET types of members, as columns see them.</summary>
internal static class MemberTypes
{
    public static Type TypeOf(MemberInfo member) => member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;

    /// <summary>The type of a vector's items (array or VBuffer), or the type itself.</summary>
    public static (bool IsVector, Type Item) ItemOf(Type type) =>
        type.IsArray ? (true, type.GetElementType())
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(VBuffer<>) ? (true, type.GetGenericArguments()[0])
        : (false, type);

    /// <summary>The raw type of a column's items for a .NET type: text is memory of characters.</summary>
    public static Type RawItem(Type item) => item == typeof(string) ? typeof(ReadOnlyMemory<char>) : item;

    public static DataViewType ColumnTypeOf(MemberInfo member)
    {
        Type type = TypeOf(member);
        (bool isVector, Type item) = ItemOf(type);
        DataViewTypeAttribute custom = member.GetCustomAttribute<DataViewTypeAttribute>();
        if (!isVector && (custom is not null || TypeTable.PrimitiveOrNull(item) is null) && TypeTable.RegisteredOrNull(type, custom) is { } registered)
        {
            return registered;
        }

        PrimitiveDataViewType itemType = TypeTable.PrimitiveOrNull(item)
            ?? throw new ArgumentOutOfRangeException("rawType", $"Could not determine an IDataView type and registered custom types for member {member.Name}");
        if (member.GetCustomAttribute<KeyTypeAttribute>() is { } key)
        {
            if (!KeyDataViewType.IsValidDataType(item))
            {
                throw new ArgumentOutOfRangeException(nameof(member), $"Member {member.Name} marked with {nameof(KeyTypeAttribute)}, but does not appear to be a valid kind of data for a key type");
            }

            itemType = key.Count is { } count ? new KeyDataViewType(item, count) : new KeyDataViewType(item, LargestCount(item));
        }

        VectorTypeAttribute vector = member.GetCustomAttribute<VectorTypeAttribute>();
        if (!isVector)
        {
            return vector is null
                ? itemType
                : throw new ArgumentOutOfRangeException(nameof(member), $"Member {member.Name} marked with {nameof(VectorTypeAttribute)}, but does not appear to be a vector type");
        }

        return vector?.Dims is { Length: > 0 } dimensions ? new VectorDataViewType(itemType, dimensions) : new VectorDataViewType(itemType);
    }

    private static ulong LargestCount(Type type) =>
        type == typeof(byte) ? byte.MaxValue : type == typeof(ushort) ? ushort.MaxValue : type == typeof(uint) ? uint.MaxValue : ulong.MaxValue;
}
