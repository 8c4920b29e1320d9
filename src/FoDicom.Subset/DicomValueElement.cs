using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>Numbers in binary form; the buffer is little-endian.</summary>
public abstract class DicomValueElement<Tv> : DicomElement
    where Tv : struct
{
    protected DicomValueElement(DicomTag tag, params Tv[] values)
        : base(tag, values is { Length: > 0 } ? new MemoryByteBuffer(MemoryMarshal.AsBytes(values.AsSpan()).ToArray()) : EmptyBuffer.Value)
    {
    }

    protected DicomValueElement(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override int Count => (int)Math.Min(int.MaxValue, Buffer.Size / Unsafe.SizeOf<Tv>());

    public override T Get<T>(int item = -1)
    {
        if (typeof(T) == typeof(Tv[]))
        {
            return (T)(object)Values();
        }

        if (typeof(T).IsArray)
        {
            return All<T>();
        }

        item = item < 0 ? 0 : item;
        if (item >= Count)
        {
            throw new ArgumentOutOfRangeException(nameof(item), "Index is outside the range of available value items");
        }

        Tv value = At(item);
        if (typeof(T) == typeof(Tv))
        {
            return (T)(object)value;
        }

        return (T)Converted(value, typeof(T));
    }

    private protected Tv At(int item)
    {
        int size = Unsafe.SizeOf<Tv>();
        if (Buffer is MemoryByteBuffer memory)
        {
            return MemoryMarshal.Read<Tv>(memory.Data.AsSpan(item * size));
        }

        byte[] bytes = new byte[size];
        Buffer.GetByteRange((long)item * size, size, bytes);
        return MemoryMarshal.Read<Tv>(bytes);
    }

    private protected Tv[] Values()
    {
        ReadOnlySpan<byte> bytes = Buffer.Data;
        return MemoryMarshal.Cast<byte, Tv>(bytes[..(bytes.Length / Unsafe.SizeOf<Tv>() * Unsafe.SizeOf<Tv>())]).ToArray();
    }

    private T All<T>()
    {
        Type element = typeof(T).GetElementType();
        Tv[] values = Values();
        Array converted = Array.CreateInstance(element, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            converted.SetValue(Converted(values[i], element), i);
        }

        return (T)(object)converted;
    }

    private object Converted(Tv value, Type type)
    {
        if (type == typeof(object))
        {
            return value;
        }

        if (type == typeof(string))
        {
            return Convert.ToString(value, CultureInfo.InvariantCulture);
        }

        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsEnum)
        {
            return Enum.ToObject(plain, value);
        }

        if (!plain.IsPrimitive && plain != typeof(decimal))
        {
            throw CannotConvert(type);
        }

        return Convert.ChangeType(value, plain, CultureInfo.InvariantCulture);
    }
}
