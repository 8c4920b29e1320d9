using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

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
    private readonly ValueTable? _table;

    /// <summary>A conversion.</summary>
    /// <param name="format">How pixels are stored.</param>
    /// <param name="scaling">How values come from stored pixels.</param>
    /// <param name="padding">The value of padding.</param>
    public PixelConversion(PixelFormat format, ValueScaling scaling, float padding)
        : this(format, new PixelScale(scaling), padding)
    {
    }

    /// <summary>A conversion.</summary>
    /// <param name="format">How pixels are stored.</param>
    /// <param name="scale">How values come from stored pixels: by slope and intercept, or out of a table.</param>
    /// <param name="padding">The value of padding, and of pixels that a table leaves out.</param>
    public PixelConversion(PixelFormat format, PixelScale scale, float padding)
    {
        _format = format;
        _scaling = scale.Linear;
        _table = scale.Table;
        _padding = padding;
        _mask = format.BitsStored == 32 ? uint.MaxValue : (1u << format.BitsStored) - 1;
        _unused = 32 - format.BitsStored;
    }

    /// <summary>Converts some pixels.</summary>
    /// <param name="bytes">Stored pixels, little-endian.</param>
    /// <param name="values">Receives one value for each.</param>
    /// <param name="total">The sum of the values is added to it; exact for counts.</param>
    /// <returns>How many of them were padding.</returns>
    public long Convert(ReadOnlySpan<byte> bytes, Span<float> values, ref double total)
    {
        long padded = 0;
        int done = 0;
        bool isSummed = false;
        if (_table is null && BitConverter.IsLittleEndian && Vector.IsHardwareAccelerated)
        {
            if (_format is { BitsAllocated: 16, Shift: 0, PaddingFrom: null } and ({ IsSigned: false } or { BitsStored: 16 }))
            {
                // What almost every camera writes. Whole numbers are summed sooner than what becomes of them.
                ReadOnlySpan<ushort> stored = MemoryMarshal.Cast<byte, ushort>(bytes)[..values.Length];
                long sum = 0;
                for (int part; (part = Plain(stored[done..], values[done..], ref sum)) > 0;)
                {
                    done += part;
                }

                foreach (ushort rest in stored[done..])
                {
                    sum += _format.IsSigned ? (short)rest : rest & _mask;
                }

                total += (sum * _scaling.Slope) + (values.Length * _scaling.Intercept);
                isSummed = true;
            }
            else
            {
                done = _format.BytesPerSample switch
                {
                    1 => Bytes(bytes, values, ref padded),
                    2 => Words(MemoryMarshal.Cast<byte, ushort>(bytes), values, ref padded),
                    _ => 0,
                };
            }
        }

        padded += OneByOne(bytes[(done * _format.BytesPerSample)..], values[done..]);
        total += isSummed ? 0 : ScintigraphyImage.Sum(values);
        return padded;
    }

    /// <summary>The same, one pixel after the other: what is left over, and pixels of 32 bits.</summary>
    internal long OneByOne(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        long padded = 0;
        for (int i = 0; i < values.Length; i++)
        {
            long stored = Stored(bytes, i);
            if (_format.PaddingFrom is int from && stored >= from && stored <= _format.PaddingTo)
            {
                values[i] = _padding;
                padded++;
            }
            else if (_table is null)
            {
                values[i] = (float)((stored * _scaling.Slope) + _scaling.Intercept);
            }
            else
            {
                float value = (float)_table[stored];
                values[i] = float.IsNaN(value) ? _padding : value;
            }
        }

        return padded;
    }

    /// <summary>Counts the pixels, but for padding, that are smaller or larger than those that a mapping covers.</summary>
    public void CountOutside(ReadOnlySpan<byte> bytes, double first, double last, ref long below, ref long above)
    {
        for (int i = 0; i < bytes.Length / _format.BytesPerSample; i++)
        {
            long stored = Stored(bytes, i);
            if (_format.PaddingFrom is int from && stored >= from && stored <= _format.PaddingTo)
            {
                continue;
            }

            below += stored < first ? 1 : 0;
            above += stored > last ? 1 : 0;
        }
    }

    private long Stored(ReadOnlySpan<byte> bytes, int i)
    {
        uint word = _format.BytesPerSample switch
        {
            1 => bytes[i],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]),
            _ => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]),
        };

        // Bits above and below the stored ones may hold overlays (PS3.5 8.1.1).
        uint bits = (word >> _format.Shift) & _mask;
        return _format.IsSigned ? (int)(bits << _unused) >> _unused : bits;
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

    /// <summary>Converts as many whole vectors of words as can be summed in 32 bits, at most; gives how many words those were.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Plain(ReadOnlySpan<ushort> stored, Span<float> values, ref long sum)
    {
        // A lane adds up two words for each vector: 2^14 pairs of 65535 are just below 2^31.
        int most = Math.Min(stored.Length, (1 << 14) * Vector<ushort>.Count);
        int end = most - (most % Vector<ushort>.Count);
        ref ushort from = ref MemoryMarshal.GetReference(stored[..end]);
        ref float to = ref MemoryMarshal.GetReference(values[..end]);
        Vector<int> sums = Vector<int>.Zero;
        Vector<ushort> mask = new((ushort)_mask);
        Factor factor = new(_scaling);
        bool isSigned = _format.IsSigned, isIdentity = _scaling.IsIdentity, isSplit = factor.IsSplit;
        for (int i = 0; i < end; i += Vector<ushort>.Count)
        {
            (Vector<int> lower, Vector<int> upper) = Wide(Vector.LoadUnsafe(ref from, (nuint)i) & mask, isSigned);
            sums += lower + upper;
            // Exact: no more than 16 bits.
            Vector<float> first = Vector.ConvertToSingle(lower), second = Vector.ConvertToSingle(upper);
            if (!isIdentity)
            {
                first = isSplit ? factor.Split(first) : factor.Double(first);
                second = isSplit ? factor.Split(second) : factor.Double(second);
            }

            first.StoreUnsafe(ref to, (nuint)i);
            second.StoreUnsafe(ref to, (nuint)(i + Vector<float>.Count));
        }

        Vector.Widen(sums, out Vector<long> low, out Vector<long> high);
        sum += Vector.Sum(low + high);
        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<int> Lower, Vector<int> Upper) Wide(Vector<ushort> words, bool isSigned)
    {
        if (isSigned)
        {
            Vector.Widen(Vector.AsVectorInt16(words), out Vector<int> lower, out Vector<int> upper);
            return (lower, upper);
        }
        else
        {
            Vector.Widen(words, out Vector<uint> lower, out Vector<uint> upper);
            return (Vector.AsVectorInt32(lower), Vector.AsVectorInt32(upper));
        }
    }

    /// <summary>Slope and intercept for whole numbers of up to 16 bits: what is computed in double precision and rounded once.</summary>
    private readonly ref struct Factor(ValueScaling scaling)
    {
        private readonly Vector<double> _slope = new(scaling.Slope);
        private readonly Vector<double> _intercept = new(scaling.Intercept);
        private readonly Vector<float> _high = new((float)scaling.Slope);
        private readonly Vector<float> _low = new((float)(scaling.Slope - (float)scaling.Slope));
        // A little more than the remainder: 2^-18 of it is more than what the two parts of the slope and one rounding leave out (2^-45 of the value).
        private readonly Vector<float> _wider = new(1 + (1f / (1 << 18)));

        /// <summary>Whether <see cref="Split"/> can be used: it needs fused multiplication, no intercept, and values far from the ends of the range.</summary>
        public bool IsSplit { get; } = (Fma.IsSupported || AdvSimd.IsSupported) && scaling is { Intercept: 0, Slope: > 1e-20 and < 1e20 };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Double(Vector<float> stored)
        {
            Vector.Widen(stored, out Vector<double> lower, out Vector<double> upper);
            return Vector.Narrow((lower * _slope) + _intercept, (upper * _slope) + _intercept);
        }

        /// <summary>
        /// The same product in single precision, its rounding error carried along, so that it is rounded as if it were exact (twice as
        /// many lanes, no conversions). Where the exact value lies so close to the middle between two floats that the last
        /// bits of double precision decide, double precision does.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Split(Vector<float> stored)
        {
            Vector<float> product = stored * _high;
            Vector<float> error = Vector.FusedMultiplyAdd(stored, _low, Vector.FusedMultiplyAdd(stored, _high, -product));
            Vector<float> rounded = product + error;
            Vector<float> remainder = error - (rounded - product);
            return Vector.EqualsAll(Vector.FusedMultiplyAdd(remainder, _wider, rounded), rounded) ? rounded : Double(stored);
        }
    }

    /// <summary>The conversion, spread over the lanes of vectors.</summary>
    private readonly ref struct Lanes(PixelConversion conversion)
    {
        private readonly Vector<uint> _mask = new(conversion._mask);
        private readonly int _shift = conversion._format.Shift;
        private readonly int _unused = conversion._unused;
        private readonly bool _isSigned = conversion._format.IsSigned;
        private readonly bool _isIdentity = conversion._scaling.IsIdentity;
        private readonly bool _hasPadding = conversion._format.PaddingFrom is not null;
        private readonly Vector<int> _from = new(conversion._format.PaddingFrom ?? 0);
        private readonly Vector<int> _to = new(conversion._format.PaddingTo ?? 0);
        private readonly Vector<float> _padding = new(conversion._padding);
        private readonly Factor _factor = new(conversion._scaling);

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
            Vector<int> stored = Vector.AsVectorInt32(Vector.ShiftRightLogical(words, _shift) & _mask);
            if (_isSigned)
            {
                stored = Vector.ShiftRightArithmetic(Vector.ShiftLeft(stored, _unused), _unused);
            }

            // Exact: no more than 16 bits.
            Vector<float> value = Vector.ConvertToSingle(stored);
            if (!_isIdentity)
            {
                value = _factor.Double(value);
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
