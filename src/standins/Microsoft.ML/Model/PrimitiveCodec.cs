using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Values of primitive column types in a model file.</summary>
internal static class PrimitiveCodec
{
    public static bool Knows(Type type) =>
        type == typeof(sbyte) || type == typeof(byte) || type == typeof(short) || type == typeof(ushort) || type == typeof(int) || type == typeof(uint)
        || type == typeof(long) || type == typeof(ulong) || type == typeof(float) || type == typeof(double) || type == typeof(bool)
        || type == typeof(ReadOnlyMemory<char>) || type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(TimeSpan) || type == typeof(DataViewRowId);

    public static void Write<T>(BinaryWriter writer, T value)
    {
        switch (value)
        {
            case sbyte number: writer.Write(number); break;
            case byte number: writer.Write(number); break;
            case short number: writer.Write(number); break;
            case ushort number: writer.Write(number); break;
            case int number: writer.Write(number); break;
            case uint number: writer.Write(number); break;
            case long number: writer.Write(number); break;
            case ulong number: writer.Write(number); break;
            case float number: writer.Write(number); break;
            case double number: writer.Write(number); break;
            case bool flag: writer.Write(flag); break;
            case ReadOnlyMemory<char> text: writer.Write(text.ToString()); break;
            case DateTime time: writer.Write(time.ToBinary()); break;
            case DateTimeOffset time:
                writer.Write(time.Ticks);
                writer.Write((short)time.TotalOffsetMinutes);
                break;
            case TimeSpan span: writer.Write(span.Ticks); break;
            case DataViewRowId id:
                writer.Write(id.Low);
                writer.Write(id.High);
                break;
            default: throw new InvalidOperationException($"No codec for values of type {typeof(T)}");
        }
    }

    public static T Read<T>(BinaryReader reader)
    {
        object value =
            typeof(T) == typeof(sbyte) ? reader.ReadSByte()
            : typeof(T) == typeof(byte) ? reader.ReadByte()
            : typeof(T) == typeof(short) ? reader.ReadInt16()
            : typeof(T) == typeof(ushort) ? reader.ReadUInt16()
            : typeof(T) == typeof(int) ? reader.ReadInt32()
            : typeof(T) == typeof(uint) ? reader.ReadUInt32()
            : typeof(T) == typeof(long) ? reader.ReadInt64()
            : typeof(T) == typeof(ulong) ? reader.ReadUInt64()
            : typeof(T) == typeof(float) ? reader.ReadSingle()
            : typeof(T) == typeof(double) ? reader.ReadDouble()
            : typeof(T) == typeof(bool) ? reader.ReadBoolean()
            : typeof(T) == typeof(ReadOnlyMemory<char>) ? reader.ReadString().AsMemory()
            : typeof(T) == typeof(DateTime) ? DateTime.FromBinary(reader.ReadInt64())
            : typeof(T) == typeof(DateTimeOffset) ? new DateTimeOffset(reader.ReadInt64(), TimeSpan.FromMinutes(reader.ReadInt16()))
            : typeof(T) == typeof(TimeSpan) ? new TimeSpan(reader.ReadInt64())
            : typeof(T) == typeof(DataViewRowId) ? new DataViewRowId(reader.ReadUInt64(), reader.ReadUInt64())
            : throw new FormatException("Corrupt model file");
        return (T)value;
    }
}
