using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLNetScinti.Simulation;

/// <summary>
/// The projector of 2D reconstruction: every pixel of a section gives its value to the two bins between which its centre
/// falls, and the backprojector is its exact adjoint. Neither attenuation nor collimator blur is in it (S1 states neither).
/// Works on blocks of sections at once, ordered pixel, section or view, bin, section: one block is one vector of 512 bits, and
/// where each pixel falls is computed for all views at once rather than read from a table that fits no cache.
/// </summary>
public sealed class StripProjector
{
    /// <summary>Sections in a block.</summary>
    public const int Block = ActivityMap.SectionBlock;

    private const int BlockBits = 4;

    // Pixels that are found at once, before the first is used: as many as stay in the nearest cache.
    private const int Batch = 32;

    private const int Tile = 16;

    private readonly int _groups;
    private readonly float[] _sines;
    private readonly float[] _cosines;
    private readonly int[] _firstBins;

    /// <summary>A projector for all pixels within the circle that every view sees.</summary>
    /// <param name="size">Rows, columns and bins.</param>
    /// <param name="angles">The angles of the views, radians.</param>
    public StripProjector(int size, IReadOnlyList<double> angles)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 2);
        Size = size;
        Views = angles.Count;
        Pixels = PixelsWithin(size);
        _groups = (Views + Block - 1) / Block;
        _sines = new float[_groups * Block];
        _cosines = new float[_groups * Block];
        _firstBins = new int[_groups * Block];
        for (int view = 0; view < Views; view++)
        {
            (double sine, double cosine) = Math.SinCos(angles[view]);
            (_sines[view], _cosines[view], _firstBins[view]) = ((float)sine, (float)cosine, view * size * Block);
        }
    }

    /// <summary>Rows, columns and bins.</summary>
    public int Size { get; }

    /// <summary>Number of views.</summary>
    public int Views { get; }

    /// <summary>The places, row x size + column, of the pixels in use.</summary>
    public IReadOnlyList<int> PixelsInUse => Pixels;

    internal int[] Pixels { get; }

    /// <summary>Projects a block of sections.</summary>
    /// <param name="image">Pixels in use x <see cref="Block"/> values.</param>
    /// <param name="projections">Receives views x bins x <see cref="Block"/> values.</param>
    public void Forward(ReadOnlySpan<float> image, Span<float> projections) => Forward(Pixels, image, projections);

    /// <summary>Backprojects a block of sections.</summary>
    /// <param name="projections">Views x bins x <see cref="Block"/> values.</param>
    /// <param name="image">Receives pixels in use x <see cref="Block"/> values.</param>
    public void Back(ReadOnlySpan<float> projections, Span<float> image)
    {
        image[..(Pixels.Length * Block)].Fill(1);
        MultiplyByBack(Pixels, projections, image, 1);
    }

    /// <summary>Projects the given pixels only, as if the others were 0.</summary>
    /// <param name="pixels">Places, row x size + column, out of <see cref="PixelsInUse"/>.</param>
    /// <param name="image">As many pixels x <see cref="Block"/> values.</param>
    /// <param name="projections">Receives views x bins x <see cref="Block"/> values.</param>
    internal void Forward(ReadOnlySpan<int> pixels, ReadOnlySpan<float> image, Span<float> projections)
    {
        image = image[..(pixels.Length * Block)];
        projections = projections[..(Views * Size * Block)];
        projections.Clear();
        int batch = Math.Max(1, Batch / _groups);
        int lanes = batch * _groups * Block;
        Hits hits = new(stackalloc int[lanes], stackalloc float[lanes], stackalloc float[lanes]);
        ref float values = ref MemoryMarshal.GetReference(image);
        ref float bins = ref MemoryMarshal.GetReference(projections);
        for (int first = 0; first < pixels.Length; first += batch)
        {
            int some = Math.Min(batch, pixels.Length - first);
            Find(pixels.Slice(first, some), hits);
            for (int p = 0; p < some; p++)
            {
                Vector512<float> value = Vector512.LoadUnsafe(ref values, (nuint)((first + p) * Block));
                nuint end = (nuint)((p * _groups * Block) + Views);
                for (nuint hit = (nuint)(p * _groups * Block); hit < end; hit++)
                {
                    ref float low = ref Unsafe.Add(ref bins, hits.PlaceOf(hit));
                    Vector512.FusedMultiplyAdd(value, hits.LowerOf(hit), Vector512.LoadUnsafe(ref low)).StoreUnsafe(ref low);
                    Vector512.FusedMultiplyAdd(value, hits.UpperOf(hit), Vector512.LoadUnsafe(ref low, Block)).StoreUnsafe(ref low, Block);
                }
            }
        }
    }

    /// <summary>Multiplies the given pixels by what is backprojected to them.</summary>
    /// <param name="pixels">Places, row x size + column, out of <see cref="PixelsInUse"/>.</param>
    /// <param name="projections">Views x bins x <see cref="Block"/> values.</param>
    /// <param name="image">As many pixels x <see cref="Block"/> values, which are multiplied.</param>
    /// <param name="scale">A factor for all of them.</param>
    internal void MultiplyByBack(ReadOnlySpan<int> pixels, ReadOnlySpan<float> projections, Span<float> image, float scale)
    {
        image = image[..(pixels.Length * Block)];
        projections = projections[..(Views * Size * Block)];
        int batch = Math.Max(1, Batch / _groups);
        int lanes = batch * _groups * Block;
        Hits hits = new(stackalloc int[lanes], stackalloc float[lanes], stackalloc float[lanes]);
        ref float values = ref MemoryMarshal.GetReference(image);
        ref float bins = ref MemoryMarshal.GetReference(projections);
        for (int first = 0; first < pixels.Length; first += batch)
        {
            int some = Math.Min(batch, pixels.Length - first);
            Find(pixels.Slice(first, some), hits);
            for (int p = 0; p < some; p++)
            {
                // Two sums, so that no addition waits for the one before it.
                Vector512<float> lower = Vector512<float>.Zero;
                Vector512<float> upper = Vector512<float>.Zero;
                nuint end = (nuint)((p * _groups * Block) + Views);
                for (nuint hit = (nuint)(p * _groups * Block); hit < end; hit++)
                {
                    ref float low = ref Unsafe.Add(ref bins, hits.PlaceOf(hit));
                    lower = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref low), hits.LowerOf(hit), lower);
                    upper = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref low, Block), hits.UpperOf(hit), upper);
                }

                nuint place = (nuint)((first + p) * Block);
                (Vector512.LoadUnsafe(ref values, place) * (lower + upper) * Vector512.Create(scale)).StoreUnsafe(ref values, place);
            }
        }
    }

    /// <summary>Where pixels' centres fall in the views, one lane for each view.</summary>
    private void Find(ReadOnlySpan<int> pixels, Hits hits)
    {
        float middle = (Size - 1) / 2f;
        Vector512<float> last = Vector512.Create(Size - 1f);
        Vector512<int> lastLow = Vector512.Create(Size - 2);
        for (int p = 0; p < pixels.Length; p++)
        {
            (int row, int column) = Math.DivRem(pixels[p], Size);
            Vector512<float> x = Vector512.Create(column - middle);
            Vector512<float> y = Vector512.Create(middle - row);
            for (int group = 0; group < _groups; group++)
            {
                int lanes = group * Block;
                Vector512<float> bin = Vector512.FusedMultiplyAdd(x, Vector512.Create(_cosines.AsSpan(lanes, Block)), Vector512.Create(middle));
                bin = Vector512.FusedMultiplyAdd(y, Vector512.Create(_sines.AsSpan(lanes, Block)), bin);
                // Within the circle only rounding leads beyond the first and the last bin.
                bin = Vector512.MinNative(Vector512.MaxNative(bin, Vector512<float>.Zero), last);
                Vector512<int> low = Vector512.Min(Vector512.ConvertToInt32Native(bin), lastLow);
                Vector512<float> part = bin - Vector512.ConvertToSingle(low);
                hits.Set(((p * _groups) + group) * Block, (low << BlockBits) + Vector512.Create(_firstBins.AsSpan(lanes, Block)), part);
            }
        }
    }

    /// <summary>The pixels within the circle, tile after tile: the bins that a tile reaches stay in the nearest cache.</summary>
    private static int[] PixelsWithin(int size)
    {
        double middle = (size - 1) / 2.0;
        List<int> pixels = [];
        for (int top = 0; top < size; top += Tile)
        {
            for (int left = 0; left < size; left += Tile)
            {
                for (int row = top; row < Math.Min(top + Tile, size); row++)
                {
                    for (int column = left; column < Math.Min(left + Tile, size); column++)
                    {
                        double x = column - middle;
                        double y = row - middle;
                        if ((x * x) + (y * y) <= middle * middle)
                        {
                            pixels.Add((row * size) + column);
                        }
                    }
                }
            }
        }

        return [.. pixels];
    }

    /// <summary>For each pixel of a batch and each view: the place of the lower bin, and what it and the next one get.</summary>
    private readonly ref struct Hits(Span<int> places, Span<float> lower, Span<float> upper)
    {
        private readonly ref int _places = ref MemoryMarshal.GetReference(places);
        private readonly ref float _lower = ref MemoryMarshal.GetReference(lower);
        private readonly ref float _upper = ref MemoryMarshal.GetReference(upper);

        public int PlaceOf(nuint hit) => Unsafe.Add(ref _places, hit);

        public Vector512<float> LowerOf(nuint hit) => Vector512.Create(Unsafe.Add(ref _lower, hit));

        public Vector512<float> UpperOf(nuint hit) => Vector512.Create(Unsafe.Add(ref _upper, hit));

        public void Set(int first, Vector512<int> places, Vector512<float> upper)
        {
            places.StoreUnsafe(ref _places, (nuint)first);
            upper.StoreUnsafe(ref _upper, (nuint)first);
            (Vector512<float>.One - upper).StoreUnsafe(ref _lower, (nuint)first);
        }
    }
}
