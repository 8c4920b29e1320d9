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
    /// <remarks>One loop for each way to make values, and none that chooses between them: with a choice inside, the sum lies in memory and each turn waits for the one before.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Plain(ReadOnlySpan<ushort> stored, Span<float> values, ref long sum)
    {
        // A lane adds up two words for each vector: 2^14 pairs of 65535 are just below 2^31.
        int most = Math.Min(stored.Length, (1 << 14) * Vector<ushort>.Count);
        int end = most - (most % Vector<ushort>.Count);
        stored = stored[..end];
        values = values[..end];
        Whole whole = new(_mask, _format.IsSigned);
        Factor factor = new(_scaling);
        Vector<int> sums = _scaling.IsIdentity ? Identical(stored, values, whole) : factor.IsBracketed ? Bracketed(stored, values, whole, factor) : InDouble(stored, values, whole, factor);
        Vector.Widen(sums, out Vector<long> low, out Vector<long> high);
        sum += Vector.Sum(low + high);
        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector<int> Identical(ReadOnlySpan<ushort> stored, Span<float> values, in Whole whole)
    {
        ref ushort from = ref MemoryMarshal.GetReference(stored);
        ref float to = ref MemoryMarshal.GetReference(values);
        Vector<int> sums = Vector<int>.Zero;
        Vector<ushort> mask = whole.Mask, flip = whole.Flip;
        Vector<int> bias = whole.Bias;
        for (nuint i = 0; i < (nuint)stored.Length; i += (nuint)Vector<ushort>.Count)
        {
            Vector.Widen((Vector.LoadUnsafe(ref from, i) & mask) ^ flip, out Vector<uint> low, out Vector<uint> high);
            Vector<int> lower = Vector.AsVectorInt32(low) - bias, upper = Vector.AsVectorInt32(high) - bias;
            sums += lower + upper;
            Vector.ConvertToSingle(lower).StoreUnsafe(ref to, i);
            Vector.ConvertToSingle(upper).StoreUnsafe(ref to, i + (nuint)Vector<float>.Count);
        }

        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector<int> InDouble(ReadOnlySpan<ushort> stored, Span<float> values, in Whole whole, in Factor factor)
    {
        ref ushort from = ref MemoryMarshal.GetReference(stored);
        ref float to = ref MemoryMarshal.GetReference(values);
        Vector<int> sums = Vector<int>.Zero;
        Vector<ushort> mask = whole.Mask, flip = whole.Flip;
        Vector<int> bias = whole.Bias;
        Vector<double> slope = factor.Slope, intercept = factor.Intercept;
        for (nuint i = 0; i < (nuint)stored.Length; i += (nuint)Vector<ushort>.Count)
        {
            Vector.Widen((Vector.LoadUnsafe(ref from, i) & mask) ^ flip, out Vector<uint> low, out Vector<uint> high);
            Vector<int> lower = Vector.AsVectorInt32(low) - bias, upper = Vector.AsVectorInt32(high) - bias;
            sums += lower + upper;
            Factor.Double(Vector.ConvertToSingle(lower), slope, intercept).StoreUnsafe(ref to, i);
            Factor.Double(Vector.ConvertToSingle(upper), slope, intercept).StoreUnsafe(ref to, i + (nuint)Vector<float>.Count);
        }

        return sums;
    }

    /// <summary>
    /// What <see cref="Factor.Double"/> gives without an intercept, in single precision, which has twice as many lanes and no conversions.
    /// A whole number of 16 bits times 8 bits of the slope is exact; with the rest of the slope it is rounded once, for a slope that is a
    /// little too small and for one that is a little too large. Rounding keeps order: where both give one float, what lies
    /// between them gives the same. Where they do not, once in a hundred, double precision decides.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector<int> Bracketed(ReadOnlySpan<ushort> stored, Span<float> values, in Whole whole, in Factor factor)
    {
        ref ushort from = ref MemoryMarshal.GetReference(stored);
        ref float to = ref MemoryMarshal.GetReference(values);
        Vector<int> sums = Vector<int>.Zero;
        Vector<ushort> mask = whole.Mask, flip = whole.Flip;
        Vector<int> bias = whole.Bias;
        Vector<float> first8 = factor.First8, below = factor.Below, above = factor.Above;
        Vector<double> slope = factor.Slope;
        for (nuint i = 0; i < (nuint)stored.Length; i += (nuint)Vector<ushort>.Count)
        {
            Vector.Widen((Vector.LoadUnsafe(ref from, i) & mask) ^ flip, out Vector<uint> low, out Vector<uint> high);
            Vector<int> lower = Vector.AsVectorInt32(low) - bias, upper = Vector.AsVectorInt32(high) - bias;
            sums += lower + upper;
            Between(Vector.ConvertToSingle(lower), first8, below, above, slope).StoreUnsafe(ref to, i);
            Between(Vector.ConvertToSingle(upper), first8, below, above, slope).StoreUnsafe(ref to, i + (nuint)Vector<float>.Count);
        }

        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Between(Vector<float> stored, Vector<float> first8, Vector<float> below, Vector<float> above, Vector<double> slope)
    {
        Vector<float> product = stored * first8;
        Vector<float> one = Vector.FusedMultiplyAdd(stored, below, product), other = Vector.FusedMultiplyAdd(stored, above, product);
        return Vector.EqualsAll(one, other) ? one : Factor.Double(stored, slope, Vector<double>.Zero);
    }

    /// <summary>Makes whole numbers of words: what is masked out, and for signed ones the sign bit turned around and half of the range taken off.</summary>
    private readonly ref struct Whole(uint mask, bool isSigned)
    {
        public Vector<ushort> Mask { get; } = new((ushort)mask);

        public Vector<ushort> Flip { get; } = new(isSigned ? (ushort)0x8000 : (ushort)0);

        public Vector<int> Bias { get; } = new(isSigned ? 0x8000 : 0);
    }

    /// <summary>Slope and intercept for whole numbers of up to 16 bits: what is computed in double precision and rounded once.</summary>
    private readonly ref struct Factor
    {
        public Factor(ValueScaling scaling)
        {
            Slope = new(scaling.Slope);
            Intercept = new(scaling.Intercept);
            IsBracketed = (Fma.IsSupported || AdvSimd.IsSupported) && scaling is { Intercept: 0, Slope: > 1e-20 and < 1e20 };
            if (IsBracketed)
            {
                double first8 = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(scaling.Slope) & ~((1L << 45) - 1));
                // Wider than what a product in double precision may be off by.
                double rest = scaling.Slope - first8, margin = scaling.Slope / (1L << 50);
                float below = (float)(rest - margin), above = (float)(rest + margin);
                First8 = new((float)first8);
                Below = new(below > rest - margin ? MathF.BitDecrement(below) : below);
                Above = new(above < rest + margin ? MathF.BitIncrement(above) : above);
            }
        }

        /// <summary>Whether the slope has a bracket: it needs fused multiplication, no intercept, and values far from the ends of the range.</summary>
        public bool IsBracketed { get; }

        /// <summary>The slope.</summary>
        public Vector<double> Slope { get; }

        /// <summary>The intercept.</summary>
        public Vector<double> Intercept { get; }

        /// <summary>The first 8 bits of the slope.</summary>
        public Vector<float> First8 { get; }

        /// <summary>A little less than the rest of the slope.</summary>
        public Vector<float> Below { get; }

        /// <summary>A little more than the rest of the slope.</summary>
        public Vector<float> Above { get; }

        /// <summary>Values of whole numbers.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Double(Vector<float> stored, Vector<double> slope, Vector<double> intercept)
        {
            Vector.Widen(stored, out Vector<double> lower, out Vector<double> upper);
            return Vector.Narrow((lower * slope) + intercept, (upper * slope) + intercept);
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
                value = Factor.Double(value, _factor.Slope, _factor.Intercept);
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
