using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MLNetScinti.Imaging;

/// <summary>All three maximum intensity projections of a volume, for which each voxel is looked at once.</summary>
public static class MaximumIntensityProjections
{
    // A line of the processor's memory, in values.
    private const int Line = 16;

    /// <summary>Projects a volume along its three axes; what <see cref="MaximumIntensityProjection"/> gives for each.</summary>
    /// <param name="volume">The voxels, section by section, each row by row. They must be finite.</param>
    /// <param name="shape">The volume's shape.</param>
    /// <param name="transverse">Receives the maximum over the sections: [rows, columns].</param>
    /// <param name="sagittal">Receives the maximum over the columns: [sections, rows].</param>
    /// <param name="coronal">Receives the maximum over the rows: [sections, columns].</param>
    /// <exception cref="ArgumentException">The shape is no volume's, or a length does not go with it.</exception>
    public static void Project(ReadOnlySpan<float> volume, ImageShape shape, Span<float> transverse, Span<float> sagittal, Span<float> coronal)
    {
        (int sections, int rows, int columns) = (shape.Sections, shape.Rows, shape.Columns);
        if (!shape.IsVolume || volume.Length != shape.Length || transverse.Length != rows * columns || sagittal.Length != sections * rows || coronal.Length != sections * columns)
        {
            throw new ArgumentException(
                $"The three projections of ({shape}): expected {shape.Length} voxels and room for {rows * columns}, {sections * rows} and {sections * columns} values, "
                + $"found {volume.Length}, {transverse.Length}, {sagittal.Length} and {coronal.Length}.",
                nameof(shape));
        }

        int done = columns < Lanes8.Count ? 0
            : Vector512.IsHardwareAccelerated && columns >= Lanes16.Count ? FourSections<Lanes16>(volume, shape, transverse, sagittal, coronal)
            : FourSections<Lanes8>(volume, shape, transverse, sagittal, coronal);
        if (done == sections)
        {
            return;
        }

        if (done == 0)
        {
            transverse.Fill(float.NegativeInfinity);
        }

        coronal[(done * columns)..].Fill(float.NegativeInfinity);
        for (int line = done * rows; line < sections * rows; line++)
        {
            (int s, int r) = Math.DivRem(line, rows);
            ReadOnlySpan<float> row = volume.Slice(line * columns, columns);
            Raise(transverse.Slice(r * columns, columns), row);
            Raise(coronal.Slice(s * columns, columns), row);
            sagittal[line] = TensorPrimitives.Max(row);
        }

        // Which zero is the larger one depends on the order of comparing: the positive one it is.
        TensorPrimitives.Add(transverse, 0f, transverse);
        TensorPrimitives.Add(sagittal, 0f, sagittal);
        TensorPrimitives.Add(coronal, 0f, coronal);
    }

    private static void Raise(Span<float> largest, ReadOnlySpan<float> values) => TensorPrimitives.Max(largest, values, largest);

    /// <summary>
    /// Four sections, two rows of each at a time: what is written is then read and written a quarter as often. Gives the number
    /// of sections done; projections of these have no negative zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FourSections<TLanes>(ReadOnlySpan<float> volume, ImageShape shape, Span<float> transverse, Span<float> sagittal, Span<float> coronal)
        where TLanes : struct, ILanes<TLanes>
    {
        (int rows, int columns, int plane) = (shape.Rows, shape.Columns, shape.PlaneLength);
        int done = shape.Sections / 4 * 4;
        // What is raised again and again lies where no vector crosses the processor's lines of memory, wherever the caller's room is.
        float[] rented = ArrayPool<float>.Shared.Rent(plane + (4 * columns) + (2 * Line));
        try
        {
            int start = ToNextLine(rented);
            Span<float> top = rented.AsSpan(start, plane), front = rented.AsSpan(start + ((plane + Line - 1) / Line * Line), 4 * columns);
            top.Fill(float.NegativeInfinity);
            for (int s = 0; s < done; s += 4)
            {
                ReadOnlySpan<float> sections = volume.Slice(s * plane, 4 * plane);
                front.Fill(float.NegativeInfinity);
                for (int r = 0; r < rows; r += 2)
                {
                    // Of an odd number the last row is taken twice, which does not change a maximum.
                    int next = Math.Min(r + 1, rows - 1);
                    (Vector128<float> first, Vector128<float> second) = Block<TLanes>(
                        sections[(r * columns)..], plane, (next - r) * columns, columns, top[(r * columns)..], front);
                    // Which zero is the larger one depends on the order of comparing: the positive one it is.
                    (first, second) = (first + Vector128<float>.Zero, second + Vector128<float>.Zero);
                    int line = (s * rows) + r, step = next - r;
                    (sagittal[line + step], sagittal[line]) = (first.GetElement(1), first.GetElement(0));
                    (sagittal[line + rows + step], sagittal[line + rows]) = (first.GetElement(3), first.GetElement(2));
                    (sagittal[line + (2 * rows) + step], sagittal[line + (2 * rows)]) = (second.GetElement(1), second.GetElement(0));
                    (sagittal[line + (3 * rows) + step], sagittal[line + (3 * rows)]) = (second.GetElement(3), second.GetElement(2));
                }

                CopyWithPositiveZero<TLanes>(front, coronal.Slice(s * columns, 4 * columns));
            }

            if (done > 0)
            {
                CopyWithPositiveZero<TLanes>(top, transverse);
            }

            return done;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>The first place of an array where a line of memory begins. Where the array is moved meanwhile, only time is lost.</summary>
    private static unsafe int ToNextLine(float[] values)
    {
        nint past = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(values)) & ((Line * sizeof(float)) - 1);
        return past == 0 ? 0 : Line - (int)(past / sizeof(float));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyWithPositiveZero<TLanes>(ReadOnlySpan<float> from, Span<float> to)
        where TLanes : struct, ILanes<TLanes>
    {
        ref float source = ref MemoryMarshal.GetReference(from[..to.Length]);
        ref float target = ref MemoryMarshal.GetReference(to);
        int last = to.Length - TLanes.Count;
        for (int at = 0; ; at = Math.Min(at + TLanes.Count, last))
        {
            TLanes.PlusZero(TLanes.Load(ref source, (nuint)at)).Store(ref target, (nuint)at);
            if (at == last)
            {
                break;
            }
        }
    }

    /// <summary>Raises the projections to two rows of four sections, and gives the rows' own largest values: section by section, upper and lower row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> First, Vector128<float> Second) Block<TLanes>(
        ReadOnlySpan<float> sections, int plane, int nextRow, int columns, Span<float> transverse, Span<float> coronal)
        where TLanes : struct, ILanes<TLanes>
    {
        // Within the spans: the last row of the last section is checked here, and so are the rows that are written.
        ref float a = ref MemoryMarshal.GetReference(sections[..((3 * plane) + nextRow + columns)]);
        ref float b = ref Unsafe.Add(ref a, plane), c = ref Unsafe.Add(ref a, 2 * plane), d = ref Unsafe.Add(ref a, 3 * plane);
        ref float upper = ref MemoryMarshal.GetReference(transverse[..(nextRow + columns)]);
        ref float front = ref MemoryMarshal.GetReference(coronal[..(4 * columns)]);
        nuint below = (nuint)nextRow, line = (nuint)columns, ahead = 4 * line;
        TLanes a0 = TLanes.Lowest, a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
        int last = columns - TLanes.Count;
        for (int column = 0; ; column = Math.Min(column + TLanes.Count, last))
        {
            // The last vector overlaps the one before where the length is no multiple: a value may count twice.
            nuint at = (nuint)column;
            if (Sse.IsSupported)
            {
                Fetch(ref Unsafe.Add(ref a, at + ahead), line);
                Fetch(ref Unsafe.Add(ref b, at + ahead), line);
                Fetch(ref Unsafe.Add(ref c, at + ahead), line);
                Fetch(ref Unsafe.Add(ref d, at + ahead), line);
            }

            TLanes u = TLanes.Load(ref a, at), l = TLanes.Load(ref a, at + below);
            a0 = TLanes.Max(a0, u);
            a1 = TLanes.Max(a1, l);
            TLanes.Max(TLanes.Load(ref front, at), TLanes.Max(u, l)).Store(ref front, at);
            TLanes v = TLanes.Load(ref b, at), m = TLanes.Load(ref b, at + below);
            b0 = TLanes.Max(b0, v);
            b1 = TLanes.Max(b1, m);
            TLanes.Max(TLanes.Load(ref front, at + line), TLanes.Max(v, m)).Store(ref front, at + line);
            u = TLanes.Max(u, v);
            l = TLanes.Max(l, m);
            v = TLanes.Load(ref c, at);
            m = TLanes.Load(ref c, at + below);
            c0 = TLanes.Max(c0, v);
            c1 = TLanes.Max(c1, m);
            TLanes.Max(TLanes.Load(ref front, at + (2 * line)), TLanes.Max(v, m)).Store(ref front, at + (2 * line));
            u = TLanes.Max(u, v);
            l = TLanes.Max(l, m);
            v = TLanes.Load(ref d, at);
            m = TLanes.Load(ref d, at + below);
            d0 = TLanes.Max(d0, v);
            d1 = TLanes.Max(d1, m);
            TLanes.Max(TLanes.Load(ref front, at + (3 * line)), TLanes.Max(v, m)).Store(ref front, at + (3 * line));
            TLanes.Max(TLanes.Load(ref upper, at), TLanes.Max(u, v)).Store(ref upper, at);
            TLanes.Max(TLanes.Load(ref upper, at + below), TLanes.Max(l, m)).Store(ref upper, at + below);
            if (column == last)
            {
                break;
            }
        }

        return (Largest(a0.Fold(), a1.Fold(), b0.Fold(), b1.Fold()), Largest(c0.Fold(), c1.Fold(), d0.Fold(), d1.Fold()));
    }

    /// <summary>Asks for the same columns of two rows that come soon: the processor does not guess them beyond the end of a page. Behind the end of the volume it does nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Fetch(ref float place, nuint line)
    {
        Sse.Prefetch0(Unsafe.AsPointer(ref place));
        Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref place, line)));
    }

    /// <summary>The largest value of each of four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Largest(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        if (Sse.IsSupported)
        {
            Vector128<float> ab = Vector128.MaxNative(Sse.UnpackLow(a, b), Sse.UnpackHigh(a, b)), cd = Vector128.MaxNative(Sse.UnpackLow(c, d), Sse.UnpackHigh(c, d));
            return Vector128.MaxNative(Sse.MoveLowToHigh(ab, cd), Sse.MoveHighToLow(cd, ab));
        }

        return Vector128.Create(Of(a), Of(b), Of(c), Of(d));

        static float Of(Vector128<float> four)
        {
            Vector128<float> two = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
            return Vector128.MaxNative(two, Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2))).ToScalar();
        }
    }

    /// <summary>A vector of some width.</summary>
    private interface ILanes<TSelf>
        where TSelf : struct, ILanes<TSelf>
    {
        static abstract int Count { get; }

        static abstract TSelf Lowest { get; }

        static abstract TSelf Load(ref float origin, nuint at);

        static abstract TSelf Max(TSelf a, TSelf b);

        static abstract TSelf PlusZero(TSelf a);

        void Store(ref float origin, nuint at);

        Vector128<float> Fold();
    }

    private readonly struct Lanes8(Vector256<float> values) : ILanes<Lanes8>
    {
        private readonly Vector256<float> _values = values;

        public static int Count => Vector256<float>.Count;

        public static Lanes8 Lowest => new(Vector256.Create(float.NegativeInfinity));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes8 Load(ref float origin, nuint at) => new(Vector256.LoadUnsafe(ref origin, at));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes8 Max(Lanes8 a, Lanes8 b) => new(Vector256.MaxNative(a._values, b._values));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes8 PlusZero(Lanes8 a) => new(a._values + Vector256<float>.Zero);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(ref float origin, nuint at) => _values.StoreUnsafe(ref origin, at);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector128<float> Fold() => Vector128.MaxNative(_values.GetLower(), _values.GetUpper());
    }

    private readonly struct Lanes16(Vector512<float> values) : ILanes<Lanes16>
    {
        private readonly Vector512<float> _values = values;

        public static int Count => Vector512<float>.Count;

        public static Lanes16 Lowest => new(Vector512.Create(float.NegativeInfinity));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes16 Load(ref float origin, nuint at) => new(Vector512.LoadUnsafe(ref origin, at));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes16 Max(Lanes16 a, Lanes16 b) => new(Vector512.MaxNative(a._values, b._values));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes16 PlusZero(Lanes16 a) => new(a._values + Vector512<float>.Zero);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(ref float origin, nuint at) => _values.StoreUnsafe(ref origin, at);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector128<float> Fold() => new Lanes8(Vector256.MaxNative(_values.GetLower(), _values.GetUpper())).Fold();
    }
}
