using System.Buffers.Binary;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

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
        if (typeof(T) == typeof(DicomTag[]) || typeof(T) == typeof(object[]))
        {
            return (T)(object)tags;
        }

        if (typeof(T) == typeof(string[]))
        {
            return (T)(object)tags.Select(static value => value.ToString()).ToArray();
        }

        item = item < 0 ? 0 : item;
        if (item >= tags.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(item), "Index is outside the range of available value items");
        }

        return typeof(T) == typeof(DicomTag) || typeof(T) == typeof(object) ? (T)(object)tags[item]
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
