using System.Runtime.CompilerServices;

namespace FellowOakDicom.Imaging.Codec;

/// <summary>The bits of an entropy-coded segment (ITU-T T.81 annex F.2.2.5): FF 00 stands for FF, any other marker ends it.</summary>
internal struct JpegBitReader(byte[] data, int at)
{
    private ulong _bits;
    private int _count;
    private int _padding;

    /// <summary>Where the reading of markers goes on.</summary>
    public int Position { get; private set; } = at;

    /// <summary>The next 16 bits; beyond the end of the segment they are zero.</summary>
    public int Peek16()
    {
        if (_count < 16)
        {
            Fill();
        }

        return (int)(_bits >> (_count - 16)) & 0xFFFF;
    }

    public void Drop(int count)
    {
        _count -= count;
        if (_count < _padding)
        {
            throw new DicomCodecException("A JPEG frame ends before its pixels do.");
        }
    }

    public int Take(int count)
    {
        int value = Peek16() >> (16 - count);
        Drop(count);
        return value;
    }

    /// <summary>Goes behind the next restart marker.</summary>
    public void Restart()
    {
        _bits = 0;
        _count = 0;
        _padding = 0;
        while (Position + 1 < data.Length)
        {
            if (data[Position] == 0xFF && data[Position + 1] is >= 0xD0 and <= 0xD7)
            {
                Position += 2;
                return;
            }

            Position++;
        }

        throw new DicomCodecException("A restart marker of a JPEG frame is missing.");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill()
    {
        while (_count <= 48)
        {
            if (Position >= data.Length || (data[Position] == 0xFF && (Position + 1 >= data.Length || data[Position + 1] != 0)))
            {
                _bits <<= 8;
                _count += 8;
                _padding += 8;
                continue;
            }

            _bits = (_bits << 8) | data[Position];
            _count += 8;
            Position += data[Position] == 0xFF ? 2 : 1;
        }
    }
}
