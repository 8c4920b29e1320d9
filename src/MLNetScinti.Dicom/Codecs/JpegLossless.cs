using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace MLNetScinti.Dicom.Codecs;

/// <summary>One image of ITU-T T.81 annex H: each sample is a prediction from its neighbours plus a Huffman-coded difference.</summary>
internal sealed class JpegLossless(byte[] data)
{
    private readonly JpegHuffmanTable[] _tables = [JpegHuffmanTable.None, JpegHuffmanTable.None, JpegHuffmanTable.None, JpegHuffmanTable.None];
    private int _at;
    private int _precision;
    private int _width;
    private int _height;
    private byte[] _components = [];
    private int _restart;
    private byte[] _output = [];
    private int _bytes;

    /// <summary>The samples, interleaved by pixel, little-endian.</summary>
    public byte[] Decode(int bytesPerSample, int size)
    {
        _bytes = bytesPerSample;
        if (data.Length < 4 || data[0] != 0xFF || data[1] != 0xD8)
        {
            throw new InvalidDataException("A JPEG frame does not start with the marker SOI.");
        }

        _at = 2;
        int decoded = 0;
        while (Marker() is { } marker && marker != 0xD9)
        {
            if (marker is >= 0xD0 and <= 0xD8 or 0x01)
            {
                continue;
            }

            ReadOnlySpan<byte> segment = Segment();
            switch (marker)
            {
                case 0xC3:
                    Frame(segment, size);
                    break;
                case 0xC4:
                    Tables(segment);
                    break;
                case 0xDD:
                    _restart = segment.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(segment) : 0;
                    break;
                case 0xDA:
                    decoded += Scan(segment);
                    break;
                case >= 0xC0 and <= 0xCF:
                    throw new NotSupportedException($"The JPEG frame is of a process (marker FF{marker:X2}) that is not lossless Huffman coding.");
                default:
                    break;
            }

            if (_components.Length > 0 && decoded >= _components.Length)
            {
                return _output;
            }
        }

        throw new InvalidDataException("A JPEG frame ends before its pixels do.");
    }

    private int? Marker()
    {
        while (_at + 1 < data.Length)
        {
            if (data[_at] == 0xFF && data[_at + 1] is not (0x00 or 0xFF))
            {
                int marker = data[_at + 1];
                _at += 2;
                return marker;
            }

            _at++;
        }

        return null;
    }

    private ReadOnlySpan<byte> Segment()
    {
        if (_at + 2 > data.Length)
        {
            throw new InvalidDataException("A JPEG frame ends within a marker segment.");
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(_at));
        if (length < 2 || _at + length > data.Length)
        {
            throw new InvalidDataException("A JPEG frame ends within a marker segment.");
        }

        ReadOnlySpan<byte> segment = data.AsSpan(_at + 2, length - 2);
        _at += length;
        return segment;
    }

    private void Frame(ReadOnlySpan<byte> segment, int size)
    {
        if (segment.Length < 6 || segment.Length < 6 + (segment[5] * 3) || _output.Length > 0)
        {
            throw new InvalidDataException("The frame header of a JPEG frame is broken.");
        }

        _precision = segment[0];
        _height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        _width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        int count = segment[5];
        _components = new byte[count];
        for (int i = 0; i < count; i++)
        {
            _components[i] = segment[6 + (i * 3)];
            if (segment[7 + (i * 3)] != 0x11 && count > 1)
            {
                throw new NotSupportedException("Subsampled lossless JPEG.");
            }
        }

        long samples = (long)_width * _height * count;
        if (_precision is < 2 or > 16 || (_precision > 8 && _bytes == 1) || _bytes is not (1 or 2) || samples * _bytes != size)
        {
            throw new InvalidDataException(
                $"The JPEG frame holds {_width} x {_height} pixels of {count} x {_precision} bits, which is not what the dataset announces.");
        }

        // A sample takes a bit at least.
        if (samples > (long)data.Length * 8)
        {
            throw new InvalidDataException($"A JPEG frame of {data.Length} bytes cannot hold {samples} samples.");
        }

        _output = new byte[size];
    }

    private void Tables(ReadOnlySpan<byte> segment)
    {
        while (segment.Length >= 17)
        {
            int slot = segment[0] & 0x0F;
            ReadOnlySpan<byte> counts = segment.Slice(1, 16);
            int symbols = 0;
            foreach (byte count in counts)
            {
                symbols += count;
            }

            if (slot > 3 || segment.Length < 17 + symbols)
            {
                throw new InvalidDataException("A Huffman table of a JPEG frame is broken.");
            }

            _tables[slot] = new JpegHuffmanTable(counts, segment.Slice(17, symbols));
            segment = segment[(17 + symbols)..];
        }
    }

    /// <summary>Decodes one scan and tells how many components it held.</summary>
    private int Scan(ReadOnlySpan<byte> segment)
    {
        int count = segment.Length > 0 ? segment[0] : 0;
        if (_output.Length == 0 || count is < 1 or > 4 || count > _components.Length || segment.Length < 4 + (count * 2))
        {
            throw new InvalidDataException("The scan header of a JPEG frame is broken.");
        }

        int[] component = new int[count];
        JpegHuffmanTable[] table = new JpegHuffmanTable[count];
        for (int i = 0; i < count; i++)
        {
            component[i] = Array.IndexOf(_components, segment[1 + (i * 2)]);
            int slot = segment[2 + (i * 2)] >> 4;
            table[i] = slot < 4 ? _tables[slot] : JpegHuffmanTable.None;
            if (component[i] < 0 || ReferenceEquals(table[i], JpegHuffmanTable.None))
            {
                throw new InvalidDataException("A scan of a JPEG frame asks for a component or a Huffman table that is not there.");
            }
        }

        int predictor = segment[1 + (count * 2)];
        int shift = segment[3 + (count * 2)] & 0x0F;
        if (predictor is < 1 or > 7 || shift >= _precision)
        {
            throw new InvalidDataException($"A scan of a JPEG frame asks for predictor {predictor}, which lossless JPEG does not have.");
        }

        Samples(component, table, predictor, shift);
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Samples(int[] component, JpegHuffmanTable[] table, int predictor, int shift)
    {
        int count = component.Length;
        JpegBitReader bits = new(data, _at);
        int[][] above = new int[count][];
        int[][] current = new int[count][];
        for (int i = 0; i < count; i++)
        {
            above[i] = new int[_width];
            current[i] = new int[_width];
        }

        // Restarts come after whole rows in what is met in practice, and anywhere in what the standard allows.
        int start = 1 << (_precision - shift - 1);
        int untilRestart = _restart > 0 ? _restart : int.MaxValue;
        int rowOfRestart = 0;
        bool first = true;
        for (int row = 0; row < _height; row++)
        {
            int column = 0;
            while (column < _width)
            {
                if (untilRestart == 0)
                {
                    bits.Restart();
                    untilRestart = _restart;
                    first = true;
                    rowOfRestart = row;
                }

                if (count == 1 && column > 0 && !first && predictor == 1)
                {
                    int stop = (int)Math.Min(_width, (long)column + untilRestart);
                    untilRestart -= stop - column;
                    FromLeft(current[0].AsSpan(column - 1, stop - column + 1), table[0], ref bits);
                    column = stop;
                    continue;
                }

                untilRestart--;
                for (int i = 0; i < count; i++)
                {
                    int[] line = current[i];
                    int[] up = above[i];
                    int predicted = first ? start
                        : column == 0 ? up[0]
                        : row == rowOfRestart ? line[column - 1]
                        : Predict(predictor, line[column - 1], up[column], up[column - 1]);
                    line[column] = (predicted + table[i].Difference(ref bits)) & 0xFFFF;
                }

                first = false;
                column++;
            }

            for (int i = 0; i < count; i++)
            {
                Store(current[i], row, component[i], shift);
            }

            (above, current) = (current, above);
        }

        _at = bits.Position;
    }

    /// <summary>The rest of a row of selection value 1, which is what nearly all files hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FromLeft(Span<int> line, JpegHuffmanTable table, ref JpegBitReader source)
    {
        JpegBitReader bits = source;
        int left = line[0];
        for (int i = 1; i < line.Length; i++)
        {
            left = (left + table.Difference(ref bits)) & 0xFFFF;
            line[i] = left;
        }

        source = bits;
    }

    private static int Predict(int predictor, int left, int up, int corner) => predictor switch
    {
        1 => left,
        2 => up,
        3 => corner,
        4 => left + up - corner,
        5 => left + ((up - corner) >> 1),
        6 => up + ((left - corner) >> 1),
        _ => (left + up) >> 1,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Store(int[] line, int row, int component, int shift)
    {
        int stride = _components.Length * _bytes;
        int at = ((row * _width * _components.Length) + component) * _bytes;
        for (int column = 0; column < line.Length; column++, at += stride)
        {
            int value = line[column] << shift;
            _output[at] = (byte)value;
            if (_bytes == 2)
            {
                _output[at + 1] = (byte)(value >> 8);
            }
        }
    }
}

/// <summary>A Huffman table of ITU-T T.81 annex C: codes of one length are consecutive.</summary>
internal sealed class JpegHuffmanTable
{
    /// <summary>Stands where no table was given.</summary>
    public static readonly JpegHuffmanTable None = new([], []);

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
            int count = length <= counts.Length ? counts[length - 1] : 0;
            _offset[length] = index - code;
            _last[length] = count == 0 ? -1 : code + count - 1;
            if (code + count > 1 << length)
            {
                throw new InvalidDataException("A Huffman table of a JPEG frame has more codes than its lengths allow.");
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
            difference = category == 16 ? 32_768 : throw new InvalidDataException("A JPEG frame holds a difference of more than 16 bits.");
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

        throw new InvalidDataException("A JPEG frame holds a code that is not in its Huffman table.");
    }
}

/// <summary>The bits of an entropy-coded segment (ITU-T T.81 annex F.2.2.5): FF 00 stands for FF, any other marker ends it.</summary>
internal struct JpegBitReader(byte[] data, int at)
{
    private readonly byte[] _data = data;
    private int _padding;

    /// <summary>The last <see cref="Count"/> of these bits are still to be read, the highest first.</summary>
    public ulong Bits { get; private set; }

    public int Count { get; private set; }

    /// <summary>Where the reading of markers goes on.</summary>
    public int Position { get; private set; } = at;

    /// <summary>Makes at least 32 bits available; beyond the end of the segment they are zero.</summary>
    public void Fill()
    {
        if (Position + 4 <= _data.Length)
        {
            uint next = BinaryPrimitives.ReadUInt32BigEndian(_data.AsSpan(Position));
            // No byte of the four is FF.
            if (((~next - 0x01010101) & next & 0x80808080) == 0)
            {
                Bits = (Bits << 32) | next;
                Count += 32;
                Position += 4;
                return;
            }
        }

        while (Count <= 56)
        {
            bool ends = Position >= _data.Length || (_data[Position] == 0xFF && (Position + 1 >= _data.Length || _data[Position + 1] != 0));
            Count += 8;
            if (ends)
            {
                Bits <<= 8;
                _padding += 8;
                continue;
            }

            byte next = _data[Position];
            Bits = (Bits << 8) | next;
            Position += next == 0xFF ? 2 : 1;
        }
    }

    /// <summary>Takes note that bits were read, down to so many.</summary>
    public void LeaveBits(int count)
    {
        Count = count;
        if (count < _padding)
        {
            throw new InvalidDataException("A JPEG frame ends before its pixels do.");
        }
    }

    /// <summary>Goes behind the next restart marker.</summary>
    public void Restart()
    {
        Bits = 0;
        Count = 0;
        _padding = 0;
        while (Position + 1 < _data.Length)
        {
            if (_data[Position] == 0xFF && _data[Position + 1] is >= 0xD0 and <= 0xD7)
            {
                Position += 2;
                return;
            }

            Position++;
        }

        throw new InvalidDataException("A restart marker of a JPEG frame is missing.");
    }
}
