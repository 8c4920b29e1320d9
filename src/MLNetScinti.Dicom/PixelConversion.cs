using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MLNetScinti.Dicom;

/// <summary>
/// Makes values of stored pixels: unpacked (PS3.5 8.1), padding replaced, slope and intercept applied in double precision and
/// rounded once. Pixels of 8 and 16 bits are converted many at a time, with the same result as one by one.
/// </summary>
internal readonly struct PixelConversion
{
    private readonly PixelFormat _format;
    private readonly ValueScaling _scaling;
    private readonly float _padding;
    private readonly uint _mask;
    private readonly int _unused;

    /// <summary>A conversion.</summary>
    /// <param name="format">How pixels are stored.</param>
    /// <param name="scaling">How values come from stored pixels.</param>
    /// <param name="padding">The value of padding.</param>
    public PixelConversion(PixelFormat format, ValueScaling scaling, float padding)
    {
        _format = format;
        _scaling = scaling;
        _padding = padding;
        _mask = format.BitsStored == 32 ? uint.MaxValue : (1u << format.BitsStored) - 1;
        _unused = 32 - format.BitsStored;
    }

    /// <summary>Converts some pixels.</summary>
    /// <param name="bytes">Stored pixels, little-endian.</param>
    /// <param name="values">Receives one value for each.</param>
    /// <returns>How many of them were padding.</returns>
    public long Convert(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        long padded = 0;
        int done = 0;
        if (BitConverter.IsLittleEndian && Vector.IsHardwareAccelerated)
        {
            done = _format.BytesPerSample switch
            {
                1 => Bytes(bytes, values, ref padded),
                2 => Words(MemoryMarshal.Cast<byte, ushort>(bytes), values, ref padded),
                _ => 0,
            };
        }

        return padded + OneByOne(bytes[(done * _format.BytesPerSample)..], values[done..]);
    }

    /// <summary>The same, one pixel after the other: what is left over, and pixels of 32 bits.</summary>
    internal long OneByOne(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        long padded = 0;
        for (int i = 0; i < values.Length; i++)
        {
            uint word = _format.BytesPerSample switch
            {
                1 => bytes[i],
                2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]),
                _ => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]),
            };

            // Bits above and below the stored ones may hold overlays (PS3.5 8.1.1).
            uint bits = (word >> _format.Shift) & _mask;
            long stored = _format.IsSigned ? (int)(bits << _unused) >> _unused : bits;
            if (_format.PaddingFrom is int from && stored >= from && stored <= _format.PaddingTo)
            {
                values[i] = _padding;
                padded++;
            }
            else
            {
                values[i] = (float)((stored * _scaling.Slope) + _scaling.Intercept);
            }
        }

        return padded;
    }

    // At full speed from the first image on: a short run never gets as far as a second compilation.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Bytes(ReadOnlySpan<byte> stored, Span<float> values, ref long padded)
    {
        Lanes lanes = new(this);
        Vector<int> paddings = Vector<int>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(stored[i..]), out Vector<ushort> lower, out Vector<ushort> upper);
            lanes.Convert(lower, values[i..], ref paddings);
            lanes.Convert(upper, values[(i + Vector<ushort>.Count)..], ref paddings);
        }

        padded -= Vector.Sum(paddings);
        return i;
    }

    // At full speed from the first image on: a short run never gets as far as a second compilation.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Words(ReadOnlySpan<ushort> stored, Span<float> values, ref long padded)
    {
        Lanes lanes = new(this);
        Vector<int> paddings = Vector<int>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            lanes.Convert(new Vector<ushort>(stored[i..]), values[i..], ref paddings);
        }

        // A lane that is padding counts as -1.
        padded -= Vector.Sum(paddings);
        return i;
    }

    /// <summary>The conversion, spread over the lanes of vectors.</summary>
    private readonly ref struct Lanes(PixelConversion conversion)
    {
        private readonly Vector<uint> _mask = new(conversion._mask);
        private readonly int _shift = conversion._format.Shift;
        private readonly int _unused = conversion._unused;
        private readonly bool _isSigned = conversion._format.IsSigned;
        private readonly bool _isWhole = conversion._format is { BitsAllocated: 16, BitsStored: 16, IsSigned: false };
        private readonly bool _isIdentity = conversion._scaling.IsIdentity;
        private readonly bool _hasPadding = conversion._format.PaddingFrom is not null;
        private readonly Vector<int> _from = new(conversion._format.PaddingFrom ?? 0);
        private readonly Vector<int> _to = new(conversion._format.PaddingTo ?? 0);
        private readonly Vector<float> _padding = new(conversion._padding);
        private readonly Vector<double> _slope = new(conversion._scaling.Slope);
        private readonly Vector<double> _intercept = new(conversion._scaling.Intercept);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Convert(Vector<ushort> words, Span<float> values, ref Vector<int> paddings)
        {
            Vector.Widen(words, out Vector<uint> lower, out Vector<uint> upper);
            Convert(lower, ref paddings).CopyTo(values);
            Convert(upper, ref paddings).CopyTo(values[Vector<float>.Count..]);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector<float> Convert(Vector<uint> words, ref Vector<int> paddings)
        {
            Vector<int> stored = Vector.AsVectorInt32(_isWhole ? words : Vector.ShiftRightLogical(words, _shift) & _mask);
            if (_isSigned)
            {
                stored = Vector.ShiftRightArithmetic(Vector.ShiftLeft(stored, _unused), _unused);
            }

            // Exact: no more than 16 bits.
            Vector<float> value = Vector.ConvertToSingle(stored);
            if (!_isIdentity)
            {
                Vector.Widen(value, out Vector<double> lower, out Vector<double> upper);
                value = Vector.Narrow((lower * _slope) + _intercept, (upper * _slope) + _intercept);
            }

            if (_hasPadding)
            {
                Vector<int> isPadding = Vector.GreaterThanOrEqual(stored, _from) & Vector.LessThanOrEqual(stored, _to);
                paddings += isPadding;
                value = Vector.ConditionalSelect(isPadding, _padding, value);
            }

            return value;
        }
    }
}
