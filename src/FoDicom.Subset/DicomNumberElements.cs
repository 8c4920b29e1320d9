using System.Buffers.Binary;
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
        // Several values are given in their own type, as texts or as objects, and as nothing else.
        if (typeof(T).IsArray)
        {
            return typeof(T) == typeof(Tv[]) ? (T)(object)Values()
                : typeof(T) == typeof(object[]) ? (T)(object)Array.ConvertAll(Values(), static value => (object)value)
                : typeof(T) == typeof(string[]) ? (T)(object)Array.ConvertAll(Values(), static value => Convert.ToString(value, CultureInfo.InvariantCulture))
                : throw CannotConvert(typeof(T));
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

public class DicomAttributeTag : DicomElement
{
    public DicomAttributeTag(DicomTag tag, params DicomTag[] values)
        : base(tag, values is { Length: > 0 } ? new MemoryByteBuffer(Bytes(values)) : EmptyBuffer.Value)
    {
    }

    public DicomAttributeTag(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.AT;

    public override int Count => (int)Math.Min(int.MaxValue, Buffer.Size / 4);

    public override T Get<T>(int item = -1)
    {
        DicomTag[] tags = Tags();
        if (typeof(T) == typeof(DicomTag[]))
        {
            return (T)(object)tags;
        }

        if (typeof(T) == typeof(string[]))
        {
            return (T)(object)tags.Select(static value => value.ToString()).ToArray();
        }

        item = item < 0 ? 0 : item;
        return typeof(T) == typeof(DicomTag) ? (T)(object)tags[item]
            : typeof(T) == typeof(string) ? (T)(object)tags[item].ToString()
            : throw CannotConvert(typeof(T));
    }

    private static byte[] Bytes(DicomTag[] values)
    {
        byte[] bytes = new byte[values.Length * 4];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * 4), values[i].Group);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan((i * 4) + 2), values[i].Element);
        }

        return bytes;
    }

    private DicomTag[] Tags()
    {
        ReadOnlySpan<byte> bytes = Buffer.Data;
        if ((bytes.Length & 2) != 0)
        {
            throw new IndexOutOfRangeException($"A value of {bytes.Length} bytes ends within a tag.");
        }

        DicomTag[] tags = new DicomTag[bytes.Length / 4];
        for (int i = 0; i < tags.Length; i++)
        {
            tags[i] = new DicomTag(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * 4)..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[((i * 4) + 2)..]));
        }

        return tags;
    }
}

public class DicomOtherByte : DicomValueElement<byte>
{
    public DicomOtherByte(DicomTag tag, params byte[] values)
        : base(tag, values)
    {
    }

    public DicomOtherByte(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OB;

    /// <summary>Bytes may be looked at as larger numbers.</summary>
    public override T Get<T>(int item = -1) => typeof(T) switch
    {
        Type type when type == typeof(short) || type == typeof(ushort) || type == typeof(int) || type == typeof(uint) || type == typeof(float) || type == typeof(double) => Looked<T>(item),
        Type type when type == typeof(short[]) => (T)(object)AllLooked<short>(),
        Type type when type == typeof(ushort[]) => (T)(object)AllLooked<ushort>(),
        Type type when type == typeof(int[]) => (T)(object)AllLooked<int>(),
        Type type when type == typeof(uint[]) => (T)(object)AllLooked<uint>(),
        Type type when type == typeof(float[]) => (T)(object)AllLooked<float>(),
        Type type when type == typeof(double[]) => (T)(object)AllLooked<double>(),
        _ => base.Get<T>(item),
    };

    private T Looked<T>(int item)
    {
        int size = Unsafe.SizeOf<T>();
        long at = (long)Math.Max(item, 0) * size;
        return at + size <= Buffer.Size
            ? Unsafe.ReadUnaligned<T>(ref Buffer.Data[(int)at])
            : throw new ArgumentException("The value ends before the number does.");
    }

    private T[] AllLooked<T>()
        where T : struct
    {
        ReadOnlySpan<byte> bytes = Buffer.Data;
        return MemoryMarshal.Cast<byte, T>(bytes[..(bytes.Length / Unsafe.SizeOf<T>() * Unsafe.SizeOf<T>())]).ToArray();
    }

    /// <summary>One value of any number of units.</summary>
    protected override void ValidateVM()
    {
    }
}

public class DicomFloatingPointDouble : DicomValueElement<double>
{
    public DicomFloatingPointDouble(DicomTag tag, params double[] values)
        : base(tag, values)
    {
    }

    public DicomFloatingPointDouble(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.FD;
}

public class DicomFloatingPointSingle : DicomValueElement<float>
{
    public DicomFloatingPointSingle(DicomTag tag, params float[] values)
        : base(tag, values)
    {
    }

    public DicomFloatingPointSingle(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.FL;
}

public class DicomOtherDouble : DicomValueElement<double>
{
    public DicomOtherDouble(DicomTag tag, params double[] values)
        : base(tag, values)
    {
    }

    public DicomOtherDouble(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OD;

    /// <summary>One value of any number of units.</summary>
    protected override void ValidateVM()
    {
    }
}

public class DicomOtherFloat : DicomValueElement<float>
{
    public DicomOtherFloat(DicomTag tag, params float[] values)
        : base(tag, values)
    {
    }

    public DicomOtherFloat(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OF;

    /// <summary>One value of any number of units.</summary>
    protected override void ValidateVM()
    {
    }
}

public class DicomOtherLong : DicomValueElement<uint>
{
    public DicomOtherLong(DicomTag tag, params uint[] values)
        : base(tag, values)
    {
    }

    public DicomOtherLong(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OL;

    /// <summary>One value of any number of units.</summary>
    protected override void ValidateVM()
    {
    }
}

public class DicomOtherVeryLong : DicomValueElement<ulong>
{
    public DicomOtherVeryLong(DicomTag tag, params ulong[] values)
        : base(tag, values)
    {
    }

    public DicomOtherVeryLong(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OV;

    /// <summary>One value of any number of units.</summary>
    protected override void ValidateVM()
    {
    }
}

public class DicomOtherWord : DicomValueElement<ushort>
{
    public DicomOtherWord(DicomTag tag, params ushort[] values)
        : base(tag, values)
    {
    }

    public DicomOtherWord(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OW;

    /// <summary>One value of any number of units.</summary>
    protected override void ValidateVM()
    {
    }
}

public class DicomSignedLong : DicomValueElement<int>
{
    public DicomSignedLong(DicomTag tag, params int[] values)
        : base(tag, values)
    {
    }

    public DicomSignedLong(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.SL;
}

public class DicomSignedShort : DicomValueElement<short>
{
    public DicomSignedShort(DicomTag tag, params short[] values)
        : base(tag, values)
    {
    }

    public DicomSignedShort(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.SS;
}

public class DicomSignedVeryLong : DicomValueElement<long>
{
    public DicomSignedVeryLong(DicomTag tag, params long[] values)
        : base(tag, values)
    {
    }

    public DicomSignedVeryLong(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.SV;
}

public class DicomUnsignedLong : DicomValueElement<uint>
{
    public DicomUnsignedLong(DicomTag tag, params uint[] values)
        : base(tag, values)
    {
    }

    public DicomUnsignedLong(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.UL;
}

public class DicomUnsignedShort : DicomValueElement<ushort>
{
    public DicomUnsignedShort(DicomTag tag, params ushort[] values)
        : base(tag, values)
    {
    }

    public DicomUnsignedShort(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.US;
}

public class DicomUnsignedVeryLong : DicomValueElement<ulong>
{
    public DicomUnsignedVeryLong(DicomTag tag, params ulong[] values)
        : base(tag, values)
    {
    }

    public DicomUnsignedVeryLong(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.UV;
}

public class DicomUnknown : DicomOtherByte
{
    public DicomUnknown(DicomTag tag, params byte[] values)
        : base(tag, values)
    {
    }

    public DicomUnknown(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.UN;
}
