using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MLNetScinti.Imaging;

/// <summary>
/// Linear interpolation of a plane, or of all sections of a volume alike, at places that an affine map gives. Every path does the
/// same operations in the same order for each pixel, without fused multiply-add: the same bits on every processor.
/// </summary>
internal static class PlaneSampling
{
    // Sections that are sampled side by side: one load then fetches a neighbour for all of them.
    private const int Lanes = 8;

    // Fewer sections than this are not worth the interleaving.
    private const int FewestLanes = 3;

    /// <summary>Samples all sections.</summary>
    /// <param name="back">From a pixel of the output, in pixels from the plane's middle, to the place in the input.</param>
    /// <param name="input">The image.</param>
    /// <param name="shape">Its shape, and that of the output.</param>
    /// <param name="output">Receives the result.</param>
    public static void Apply(in PlaneTransform back, ReadOnlySpan<float> input, ImageShape shape, Span<float> output)
    {
        // All sections move alike: where each pixel comes from is worked out once for all of them.
        int[] places = ArrayPool<int>.Shared.Rent(shape.PlaneLength);
        float[] columnParts = ArrayPool<float>.Shared.Rent(shape.PlaneLength), rowParts = ArrayPool<float>.Shared.Rent(shape.PlaneLength);
        int framedLength = (shape.Rows + 3) * (shape.Columns + 3);
        float[] framed = ArrayPool<float>.Shared.Rent(framedLength * (shape.Sections < FewestLanes ? 1 : Lanes));
        float[] line = ArrayPool<float>.Shared.Rent(shape.Columns * Lanes);
        try
        {
            Places(back, shape.Rows, shape.Columns, places, columnParts, rowParts);
            Grid grid = new(shape.Rows, shape.Columns, places, columnParts, rowParts);
            int plane = shape.PlaneLength;
            for (int first = 0; first < shape.Sections; first += Lanes)
            {
                int lanes = Math.Min(Lanes, shape.Sections - first);
                ReadOnlySpan<float> sections = input.Slice(first * plane, lanes * plane);
                Span<float> target = output.Slice(first * plane, lanes * plane);
                if (!sections.ContainsAnyExcept(0f))
                {
                    target.Clear();
                }
                else if (lanes >= FewestLanes)
                {
                    grid.SampleTogether(sections, lanes, framed, line, target);
                }
                else
                {
                    for (int lane = 0; lane < lanes; lane++)
                    {
                        grid.SampleOne(sections.Slice(lane * plane, plane), framed, target.Slice(lane * plane, plane));
                    }
                }
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(places);
            ArrayPool<float>.Shared.Return(columnParts);
            ArrayPool<float>.Shared.Return(rowParts);
            ArrayPool<float>.Shared.Return(framed);
            ArrayPool<float>.Shared.Return(line);
        }
    }

    /// <summary>
    /// Where the pixels come from: the place of the upper left neighbour in a plane framed by one pixel of zeros before and two
    /// behind, and how far from it. Places are clamped to the frame, so that no neighbour lies outside.
    /// </summary>
    private static void Places(in PlaneTransform back, int rows, int columns, int[] places, float[] columnParts, float[] rowParts)
    {
        double middleColumn = (columns - 1) / 2.0, middleRow = (rows - 1) / 2.0;
        int stride = columns + 3;
        for (int r = 0; r < rows; r++)
        {
            double down = r - middleRow;
            Axis column = new(back.ColumnColumn, back.ColumnRow * down, back.ColumnShift, middleColumn, columns);
            Axis row = new(back.RowColumn, back.RowRow * down, back.RowShift, middleRow, rows);
            Span<int> place = places.AsSpan(r * columns, columns);
            Span<float> columnPart = columnParts.AsSpan(r * columns, columns), rowPart = rowParts.AsSpan(r * columns, columns);
            int c = PlacesOfRow(column, row, -middleColumn, stride, place, columnPart, rowPart);
            for (; c < columns; c++)
            {
                double x = column.From(c - middleColumn), y = row.From(c - middleColumn);
                int low = (int)x, high = (int)y;
                place[c] = (high * stride) + low;
                columnPart[c] = (float)(x - low);
                rowPart[c] = (float)(y - high);
            }
        }
    }

    /// <summary>As many pixels of a row as fill vectors; gives their number.</summary>
    private static int PlacesOfRow(in Axis column, in Axis row, double first, int stride, Span<int> places, Span<float> columnParts, Span<float> rowParts)
    {
        Vector<double> columnPer = new(column.PerColumn), columnOfRow = new(column.OfRow), columnShift = new(column.Shift), columnMiddle = new(column.Middle), columnEnd = new(column.Extent);
        Vector<double> rowPer = new(row.PerColumn), rowOfRow = new(row.OfRow), rowShift = new(row.Shift), rowMiddle = new(row.Middle), rowEnd = new(row.Extent);
        Vector<double> before = new(-1), one = Vector<double>.One, half = new(Vector<double>.Count), whole = new(Vector<float>.Count);
        Vector<double> at = Vector.CreateSequence(first, 1.0);
        int c = 0;
        for (; c <= places.Length - Vector<float>.Count; c += Vector<float>.Count)
        {
            // Whole and half numbers: adding to them is exact, so this is the sequence that counting gives.
            Vector<double> next = at + half;
            Vector<double> x0 = Vector.MinNative(Vector.MaxNative((columnPer * at) + columnOfRow + columnShift + columnMiddle, before), columnEnd) + one;
            Vector<double> x1 = Vector.MinNative(Vector.MaxNative((columnPer * next) + columnOfRow + columnShift + columnMiddle, before), columnEnd) + one;
            Vector<double> y0 = Vector.MinNative(Vector.MaxNative((rowPer * at) + rowOfRow + rowShift + rowMiddle, before), rowEnd) + one;
            Vector<double> y1 = Vector.MinNative(Vector.MaxNative((rowPer * next) + rowOfRow + rowShift + rowMiddle, before), rowEnd) + one;
            Vector<double> left0 = Vector.Floor(x0), left1 = Vector.Floor(x1), top0 = Vector.Floor(y0), top1 = Vector.Floor(y1);
            Vector<int> left = Vector.ConvertToInt32Native(Vector.Narrow(left0, left1)), top = Vector.ConvertToInt32Native(Vector.Narrow(top0, top1));
            ((top * stride) + left).CopyTo(places[c..]);
            Vector.Narrow(x0 - left0, x1 - left1).CopyTo(columnParts[c..]);
            Vector.Narrow(y0 - top0, y1 - top1).CopyTo(rowParts[c..]);
            at += whole;
        }

        return c;
    }

    /// <summary>How one coordinate of where a pixel comes from depends on the column, in one row.</summary>
    private readonly record struct Axis(double PerColumn, double OfRow, double Shift, double Middle, int Extent)
    {
        /// <summary>The coordinate in the framed plane: one more than in the image, and not outside of the frame.</summary>
        public double From(double column) => Math.Clamp((PerColumn * column) + OfRow + Shift + Middle, -1, Extent) + 1;
    }

    private readonly ref struct Grid(int rows, int columns, ReadOnlySpan<int> places, ReadOnlySpan<float> columnParts, ReadOnlySpan<float> rowParts)
    {
        private readonly int _rows = rows;
        private readonly int _columns = columns;
        private readonly ReadOnlySpan<int> _places = places;
        private readonly ReadOnlySpan<float> _columnParts = columnParts;
        private readonly ReadOnlySpan<float> _rowParts = rowParts;

        private int Stride => _columns + 3;

        /// <summary>Samples one section.</summary>
        public void SampleOne(ReadOnlySpan<float> section, Span<float> framed, Span<float> target)
        {
            ClearFrame(framed, 1);
            for (int r = 0; r < _rows; r++)
            {
                section.Slice(r * _columns, _columns).CopyTo(framed.Slice(((r + 1) * Stride) + 1, _columns));
            }

            int done = Sse.IsSupported ? SampleByFour(framed, Stride, _places, _columnParts, _rowParts, target) : 0;
            ref float origin = ref MemoryMarshal.GetReference(framed);
            for (int i = done; i < target.Length; i++)
            {
                ref float upperLeft = ref Unsafe.Add(ref origin, _places[i]);
                ref float lowerLeft = ref Unsafe.Add(ref upperLeft, Stride);
                float column = _columnParts[i];
                float upper = upperLeft + (column * (Unsafe.Add(ref upperLeft, 1) - upperLeft));
                float lower = lowerLeft + (column * (Unsafe.Add(ref lowerLeft, 1) - lowerLeft));
                target[i] = upper + (_rowParts[i] * (lower - upper));
            }
        }

        /// <summary>Samples up to eight sections side by side.</summary>
        public void SampleTogether(ReadOnlySpan<float> sections, int lanes, Span<float> framed, Span<float> line, Span<float> target)
        {
            int plane = _rows * _columns;
            ClearFrame(framed, Lanes);
            for (int r = 0; r < _rows; r++)
            {
                Interleave(sections[(r * _columns)..], plane, lanes, _columns, framed.Slice((((r + 1) * Stride) + 1) * Lanes, _columns * Lanes));
            }

            for (int r = 0; r < _rows; r++)
            {
                int start = r * _columns;
                SampleLanes(framed, Stride, _places.Slice(start, _columns), _columnParts.Slice(start, _columns), _rowParts.Slice(start, _columns), line);
                Separate(line, lanes, _columns, target[start..], plane);
            }
        }

        /// <summary>Zeros around the image; what is inside is written anyway.</summary>
        private void ClearFrame(Span<float> framed, int lanes)
        {
            int stride = Stride * lanes;
            framed[..stride].Clear();
            for (int r = 1; r <= _rows; r++)
            {
                framed.Slice(r * stride, lanes).Clear();
                framed.Slice((r * stride) + ((_columns + 1) * lanes), 2 * lanes).Clear();
            }

            framed.Slice((_rows + 1) * stride, 2 * stride).Clear();
        }
    }

    private static int SampleByFour(
        ReadOnlySpan<float> framed, int stride, ReadOnlySpan<int> places, ReadOnlySpan<float> columnParts, ReadOnlySpan<float> rowParts, Span<float> target)
    {
        ref float origin = ref MemoryMarshal.GetReference(framed);
        ref int place = ref MemoryMarshal.GetReference(places);
        ref float columnPart = ref MemoryMarshal.GetReference(columnParts), rowPart = ref MemoryMarshal.GetReference(rowParts), result = ref MemoryMarshal.GetReference(target);
        int i = 0;
        for (; i <= target.Length - 4; i += 4)
        {
            ref float a = ref Unsafe.Add(ref origin, Unsafe.Add(ref place, i)), b = ref Unsafe.Add(ref origin, Unsafe.Add(ref place, i + 1));
            ref float c = ref Unsafe.Add(ref origin, Unsafe.Add(ref place, i + 2)), d = ref Unsafe.Add(ref origin, Unsafe.Add(ref place, i + 3));
            (Vector128<float> left, Vector128<float> right) = Neighbours(ref a, ref b, ref c, ref d);
            Vector128<float> part = Vector128.LoadUnsafe(ref columnPart, (nuint)i);
            Vector128<float> upper = left + (part * (right - left));
            (left, right) = Neighbours(ref Unsafe.Add(ref a, stride), ref Unsafe.Add(ref b, stride), ref Unsafe.Add(ref c, stride), ref Unsafe.Add(ref d, stride));
            Vector128<float> lower = left + (part * (right - left));
            (upper + (Vector128.LoadUnsafe(ref rowPart, (nuint)i) * (lower - upper))).StoreUnsafe(ref result, (nuint)i);
        }

        return i;
    }

    /// <summary>Of four places the values there, and those one to the right. Both of a place come with one load.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector128<float> Left, Vector128<float> Right) Neighbours(ref float a, ref float b, ref float c, ref float d)
    {
        Vector128<float> ab = TwoPairs(ref a, ref b), cd = TwoPairs(ref c, ref d);
        return (Sse.Shuffle(ab, cd, 0b10_00_10_00), Sse.Shuffle(ab, cd, 0b11_01_11_01));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> TwoPairs(ref float first, ref float second) =>
        Vector128.Create(Unsafe.ReadUnaligned<double>(ref Unsafe.As<float, byte>(ref first)), Unsafe.ReadUnaligned<double>(ref Unsafe.As<float, byte>(ref second))).AsSingle();

    private static void SampleLanes(ReadOnlySpan<float> framed, int stride, ReadOnlySpan<int> places, ReadOnlySpan<float> columnParts, ReadOnlySpan<float> rowParts, Span<float> line)
    {
        ref float origin = ref MemoryMarshal.GetReference(framed), result = ref MemoryMarshal.GetReference(line);
        nuint down = (nuint)(stride * Lanes);
        columnParts = columnParts[..places.Length];
        rowParts = rowParts[..places.Length];
        for (int i = 0; i < places.Length; i++)
        {
            ref float place = ref Unsafe.Add(ref origin, places[i] * Lanes);
            Vector256<float> part = Vector256.Create(columnParts[i]);
            Vector256<float> left = Vector256.LoadUnsafe(ref place), right = Vector256.LoadUnsafe(ref place, Lanes);
            Vector256<float> upper = left + (part * (right - left));
            left = Vector256.LoadUnsafe(ref place, down);
            right = Vector256.LoadUnsafe(ref place, down + Lanes);
            Vector256<float> lower = left + (part * (right - left));
            (upper + (Vector256.Create(rowParts[i]) * (lower - upper))).StoreUnsafe(ref result, (nuint)(i * Lanes));
        }
    }

    /// <summary>A row of several sections, pixel by pixel; lanes without a section become zeros.</summary>
    private static void Interleave(ReadOnlySpan<float> sections, int plane, int lanes, int columns, Span<float> target)
    {
        int c = 0;
        if (Sse.IsSupported && lanes == Lanes)
        {
            ref float source = ref MemoryMarshal.GetReference(sections), result = ref MemoryMarshal.GetReference(target);
            for (; c <= columns - 4; c += 4)
            {
                for (int lane = 0; lane < Lanes; lane += 4)
                {
                    nuint from = (nuint)((lane * plane) + c), to = (nuint)((c * Lanes) + lane);
                    (Vector128<float> a, Vector128<float> b, Vector128<float> d, Vector128<float> e) = Transpose(
                        Vector128.LoadUnsafe(ref source, from), Vector128.LoadUnsafe(ref source, from + (nuint)plane),
                        Vector128.LoadUnsafe(ref source, from + (2 * (nuint)plane)), Vector128.LoadUnsafe(ref source, from + (3 * (nuint)plane)));
                    a.StoreUnsafe(ref result, to);
                    b.StoreUnsafe(ref result, to + Lanes);
                    d.StoreUnsafe(ref result, to + (2 * Lanes));
                    e.StoreUnsafe(ref result, to + (3 * Lanes));
                }
            }
        }

        for (; c < columns; c++)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                target[(c * Lanes) + lane] = lane < lanes ? sections[(lane * plane) + c] : 0;
            }
        }
    }

    /// <summary>A row of pixels with their sections, section by section.</summary>
    private static void Separate(ReadOnlySpan<float> line, int lanes, int columns, Span<float> sections, int plane)
    {
        int c = 0;
        if (Sse.IsSupported && lanes == Lanes)
        {
            ref float source = ref MemoryMarshal.GetReference(line), result = ref MemoryMarshal.GetReference(sections);
            for (; c <= columns - 4; c += 4)
            {
                for (int lane = 0; lane < Lanes; lane += 4)
                {
                    nuint from = (nuint)((c * Lanes) + lane), to = (nuint)((lane * plane) + c);
                    (Vector128<float> a, Vector128<float> b, Vector128<float> d, Vector128<float> e) = Transpose(
                        Vector128.LoadUnsafe(ref source, from), Vector128.LoadUnsafe(ref source, from + Lanes),
                        Vector128.LoadUnsafe(ref source, from + (2 * Lanes)), Vector128.LoadUnsafe(ref source, from + (3 * Lanes)));
                    a.StoreUnsafe(ref result, to);
                    b.StoreUnsafe(ref result, to + (nuint)plane);
                    d.StoreUnsafe(ref result, to + (2 * (nuint)plane));
                    e.StoreUnsafe(ref result, to + (3 * (nuint)plane));
                }
            }
        }

        for (; c < columns; c++)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                sections[(lane * plane) + c] = line[(c * Lanes) + lane];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> A, Vector128<float> B, Vector128<float> C, Vector128<float> D) Transpose(
        Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        Vector128<float> abLow = Sse.UnpackLow(a, b), cdLow = Sse.UnpackLow(c, d), abHigh = Sse.UnpackHigh(a, b), cdHigh = Sse.UnpackHigh(c, d);
        return (Sse.MoveLowToHigh(abLow, cdLow), Sse.MoveHighToLow(cdLow, abLow), Sse.MoveLowToHigh(abHigh, cdHigh), Sse.MoveHighToLow(cdHigh, abHigh));
    }
}
