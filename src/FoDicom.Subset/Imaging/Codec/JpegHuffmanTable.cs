using System.Runtime.CompilerServices;

namespace FellowOakDicom.Imaging.Codec;

/// <summary>A Huffman table of ITU-T T.81 annex C: codes of one length are consecutive.</summary>
internal sealed class JpegHuffmanTable
{
    private const int Quick = 9;

    // Code length and symbol of every start of a code word; zero where the word is longer.
    private readonly ushort[] _quick = new ushort[1 << Quick];
    private readonly int[] _last = new int[18];
    private readonly int[] _offset = new int[18];
    private readonly byte[] _symbols;

    public JpegHuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        _symbols = symbols.ToArray();
        int code = 0;
        int index = 0;
        for (int length = 1; length <= 16; length++)
        {
            int count = counts[length - 1];
            _offset[length] = index - code;
            _last[length] = count == 0 ? -1 : code + count - 1;
            if (code + count > 1 << length)
            {
                throw new DicomCodecException("A Huffman table of a JPEG frame has more codes than its lengths allow.");
            }

            for (int i = 0; i < count; i++, code++, index++)
            {
                if (length <= Quick)
                {
                    int from = code << (Quick - length);
                    _quick.AsSpan(from, 1 << (Quick - length)).Fill((ushort)((length << 8) | symbols[index]));
                }
            }

            code <<= 1;
        }
    }

    /// <summary>The next difference (annex H.1.2.2): a category, then as many bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Difference(ref JpegBitReader reader)
    {
        if (reader.Count < 32)
        {
            reader.Fill();
        }

        // A code and its bits are 31 at most.
        ulong bits = reader.Bits;
        int count = reader.Count;
        int word = (int)(bits >> (count - 16)) & 0xFFFF;
        int found = _quick[word >> (16 - Quick)];
        if (found == 0)
        {
            found = Slow(word);
        }

        count -= found >> 8;
        int category = found & 0xFF;
        int difference = 0;
        if (category is > 0 and < 16)
        {
            count -= category;
            int value = (int)(bits >> count) & ((1 << category) - 1);
            difference = value >> (category - 1) != 0 ? value : value - (1 << category) + 1;
        }
        else if (category > 0)
        {
            difference = category == 16 ? 32_768 : throw new DicomCodecException("A JPEG frame holds a difference of more than 16 bits.");
        }

        reader.LeaveBits(count);
        return difference;
    }

    /// <summary>Length and symbol of a code that is longer than the quick table's.</summary>
    private int Slow(int word)
    {
        for (int length = Quick + 1; length <= 16; length++)
        {
            int code = word >> (16 - length);
            if (code <= _last[length])
            {
                return (length << 8) | _symbols[_offset[length] + code];
            }
        }

        throw new DicomCodecException("A JPEG frame holds a code that is not in its Huffman table.");
    }
}
