using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLNetScinti.Imaging;

/// <summary>All three maximum intensity projections of a volume, for which each voxel is looked at once.</summary>
public static class MaximumIntensityProjections
{
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

        volume[..transverse.Length].CopyTo(transverse);
        for (int s = 0; s < sections; s++)
        {
            volume.Slice(s * rows * columns, columns).CopyTo(coronal.Slice(s * columns, columns));
        }

        int section = 0, plane = rows * columns;
        if (columns >= Vector256<float>.Count)
        {
            for (; section < sections - 1; section += 2)
            {
                ReadOnlySpan<float> pair = volume.Slice(section * plane, 2 * plane);
                TwoSections(pair, rows, columns, transverse, sagittal.Slice(section * rows, 2 * rows), coronal.Slice(section * columns, 2 * columns));
            }
        }

        for (; section < sections; section++)
        {
            for (int r = 0; r < rows; r++)
            {
                ReadOnlySpan<float> row = volume.Slice((section * plane) + (r * columns), columns);
                Raise(transverse.Slice(r * columns, columns), row);
                Raise(coronal.Slice(section * columns, columns), row);
                sagittal[(section * rows) + r] = TensorPrimitives.Max(row);
            }
        }
    }

    private static void Raise(Span<float> largest, ReadOnlySpan<float> values) => TensorPrimitives.Max(largest, values, largest);

    /// <summary>Two sections, two rows of each at a time: what is written is then read and written half as often.</summary>
    private static void TwoSections(ReadOnlySpan<float> sections, int rows, int columns, Span<float> transverse, Span<float> sagittal, Span<float> coronal)
    {
        int plane = rows * columns;
        for (int r = 0; r < rows; r += 2)
        {
            // Of an odd number the last row is taken twice, which does not change a maximum.
            int next = Math.Min(r + 1, rows - 1);
            Block block = new()
            {
                FirstUpper = ref MemoryMarshal.GetReference(sections.Slice(r * columns, columns)),
                FirstLower = ref MemoryMarshal.GetReference(sections.Slice(next * columns, columns)),
                SecondUpper = ref MemoryMarshal.GetReference(sections.Slice(plane + (r * columns), columns)),
                SecondLower = ref MemoryMarshal.GetReference(sections.Slice(plane + (next * columns), columns)),
                Upper = ref MemoryMarshal.GetReference(transverse.Slice(r * columns, columns)),
                Lower = ref MemoryMarshal.GetReference(transverse.Slice(next * columns, columns)),
                First = ref MemoryMarshal.GetReference(coronal[..columns]),
                Second = ref MemoryMarshal.GetReference(coronal.Slice(columns, columns)),
            };
            (sagittal[r], sagittal[next], sagittal[rows + r], sagittal[rows + next]) = block.Project(columns);
        }
    }

    /// <summary>Two rows each of two sections, and the rows of the projections that they fall on.</summary>
    private ref struct Block
    {
        public ref float FirstUpper;
        public ref float FirstLower;
        public ref float SecondUpper;
        public ref float SecondLower;
        public ref float Upper;
        public ref float Lower;
        public ref float First;
        public ref float Second;

        /// <summary>Raises the projections to the rows, and gives the rows' own largest values.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public (float FirstUpper, float FirstLower, float SecondUpper, float SecondLower) Project(int columns)
        {
            ref float firstUpper = ref FirstUpper, firstLower = ref FirstLower, secondUpper = ref SecondUpper, secondLower = ref SecondLower;
            ref float upper = ref Upper, lower = ref Lower, first = ref First, second = ref Second;
            Vector256<float> a = Vector256.Create(float.NegativeInfinity), b = a, c = a, d = a;
            int last = columns - Vector256<float>.Count;
            for (int column = 0; ; column = Math.Min(column + Vector256<float>.Count, last))
            {
                // The last vector overlaps the one before where the length is no multiple: a value may count twice.
                nuint at = (nuint)column;
                Vector256<float> fu = Vector256.LoadUnsafe(ref firstUpper, at), fl = Vector256.LoadUnsafe(ref firstLower, at);
                Vector256<float> su = Vector256.LoadUnsafe(ref secondUpper, at), sl = Vector256.LoadUnsafe(ref secondLower, at);
                a = Vector256.MaxNative(a, fu);
                b = Vector256.MaxNative(b, fl);
                c = Vector256.MaxNative(c, su);
                d = Vector256.MaxNative(d, sl);
                Vector256.MaxNative(Vector256.LoadUnsafe(ref upper, at), Vector256.MaxNative(fu, su)).StoreUnsafe(ref upper, at);
                Vector256.MaxNative(Vector256.LoadUnsafe(ref lower, at), Vector256.MaxNative(fl, sl)).StoreUnsafe(ref lower, at);
                Vector256.MaxNative(Vector256.LoadUnsafe(ref first, at), Vector256.MaxNative(fu, fl)).StoreUnsafe(ref first, at);
                Vector256.MaxNative(Vector256.LoadUnsafe(ref second, at), Vector256.MaxNative(su, sl)).StoreUnsafe(ref second, at);
                if (column == last)
                {
                    break;
                }
            }

            return (Largest(a), Largest(b), Largest(c), Largest(d));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static float Largest(Vector256<float> lanes)
        {
            Vector128<float> four = Vector128.MaxNative(lanes.GetLower(), lanes.GetUpper());
            Vector128<float> two = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
            return Vector128.MaxNative(two, Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2))).ToScalar();
        }
    }
}
