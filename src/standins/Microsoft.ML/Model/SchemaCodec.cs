using System.Reflection;
using System.Text;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>A schema in a model file: a table of columns without rows.</summary>
internal static class SchemaCodec
{
    private static readonly MethodInfo WriteMethod = typeof(SchemaCodec).GetMethod(nameof(WriteValue), BindingFlags.NonPublic | BindingFlags.Static);
    private static readonly MethodInfo ReadMethod = typeof(SchemaCodec).GetMethod(nameof(ReadGetter), BindingFlags.NonPublic | BindingFlags.Static);
    private static readonly Type[] Raw =
    [
        typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(float), typeof(double),
        typeof(bool), typeof(ReadOnlyMemory<char>), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DataViewRowId),
    ];

    private static ReadOnlySpan<byte> Mark => "CML\0DVB\0"u8;

    public static void Write(Stream stream, DataViewSchema schema)
    {
        DataViewSchema.Column[] columns = [.. schema.Where(column => Knows(column.Type))];
        Guard.State(columns.Length > 0, "No valid columns to save");
        using BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Mark);
        writer.Write(columns.Length);
        foreach (DataViewSchema.Column column in columns)
        {
            writer.Write(column.Name);
            Write(writer, column.Type);
            DataViewSchema.Column[] annotations = [.. column.Annotations.Schema.Where(annotation => Knows(annotation.Type))];
            writer.Write(annotations.Length);
            foreach (DataViewSchema.Column annotation in annotations)
            {
                writer.Write(annotation.Name);
                Write(writer, annotation.Type);
                _ = ViewExtensions.Invoke(WriteMethod, annotation.Type.ItemType().RawType, writer, annotation.Type, column.Annotations.GetterOf(annotation.Index));
            }
        }
    }

    public static DataViewSchema Read(byte[] bytes)
    {
        Guard.Decoded(bytes.Length >= Mark.Length && bytes.AsSpan(0, Mark.Length).SequenceEqual(Mark), "This does not appear to be a binary dataview file");
        using BinaryReader reader = new(new MemoryStream(bytes, Mark.Length, bytes.Length - Mark.Length, writable: false), Encoding.UTF8);
        DataViewSchema.Builder schema = new();
        int count = reader.ReadCount();
        for (int i = 0; i < count; i++)
        {
            string name = reader.ReadString();
            DataViewType type = ReadType(reader);
            DataViewSchema.Annotations.Builder annotations = new();
            int kinds = reader.ReadCount();
            for (int j = 0; j < kinds; j++)
            {
                string kind = reader.ReadString();
                DataViewType annotation = ReadType(reader);
                annotations.Add(kind, annotation, (Delegate)ViewExtensions.Invoke(ReadMethod, annotation.ItemType().RawType, reader, annotation));
            }

            schema.AddColumn(name, type, annotations.ToAnnotations());
        }

        return schema.ToSchema();
    }

    private static bool Knows(DataViewType type) => type is PrimitiveDataViewType or VectorDataViewType && Array.IndexOf(Raw, type.ItemType().RawType) >= 0;

    private static void Write(BinaryWriter writer, DataViewType type)
    {
        DataViewType item = type.ItemType();
        writer.Write((byte)Array.IndexOf(Raw, item.RawType));
        writer.Write(item is KeyDataViewType key ? key.Count : 0UL);
        int[] dimensions = type is VectorDataViewType vector ? [.. vector.Dimensions] : [];
        writer.Write(dimensions.Length);
        foreach (int dimension in dimensions)
        {
            writer.Write(dimension);
        }
    }

    private static DataViewType ReadType(BinaryReader reader)
    {
        int raw = reader.ReadByte();
        Guard.Decoded(raw < Raw.Length);
        ulong count = reader.ReadUInt64();
        PrimitiveDataViewType item = count > 0 ? new KeyDataViewType(Raw[raw], count) : TypeTable.PrimitiveOrNull(Raw[raw]);
        int[] dimensions = new int[reader.ReadCount()];
        for (int i = 0; i < dimensions.Length; i++)
        {
            dimensions[i] = reader.ReadInt32();
        }

        return dimensions.Length == 0 ? item : new VectorDataViewType(item, dimensions);
    }

    private static object WriteValue<T>(BinaryWriter writer, DataViewType type, Delegate getter)
    {
        if (type is not VectorDataViewType)
        {
            T value = default;
            ((ValueGetter<T>)getter)(ref value);
            PrimitiveCodec.Write(writer, value);
            return null;
        }

        VBuffer<T> vector = default;
        ((ValueGetter<VBuffer<T>>)getter)(ref vector);
        writer.Write(vector.Length);
        writer.Write(vector.Count);
        foreach (KeyValuePair<int, T> item in vector.Items())
        {
            writer.Write(item.Key);
            PrimitiveCodec.Write(writer, item.Value);
        }

        return null;
    }

    private static Delegate ReadGetter<T>(BinaryReader reader, DataViewType type)
    {
        if (type is not VectorDataViewType)
        {
            T read = PrimitiveCodec.Read<T>(reader);
            return (ValueGetter<T>)((ref T value) => value = read);
        }

        int length = reader.ReadInt32();
        int count = reader.ReadCount();
        Guard.Decoded(length >= count);
        T[] values = new T[count];
        int[] indices = new int[count];
        for (int i = 0; i < count; i++)
        {
            indices[i] = reader.ReadInt32();
            values[i] = PrimitiveCodec.Read<T>(reader);
        }

        VBuffer<T> vector = new(length, count, values, indices);
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => vector.CopyTo(ref value));
    }
}
