using System.Buffers.Binary;

namespace FellowOakDicom.Imaging.Codec;

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
            throw new DicomCodecException("A JPEG frame ends before its pixels do.");
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

        throw new DicomCodecException("A restart marker of a JPEG frame is missing.");
    }
}
