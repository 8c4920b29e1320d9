using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MLNetScinti.Imaging;

/// <summary>
/// Connected regions as runs along the rows of an image: what they cost goes with the regions, not with the image, and the
/// buffers are used again from one threshold to the next. Lines are added in their order, then joined.
/// </summary>
internal sealed class RunRegions : IDisposable
{
    private readonly ImageShape _shape;
    private readonly int _firstSection;
    private int[] _firstOfLine;
    private Run[] _runs = ArrayPool<Run>.Shared.Rent(1024);
    private int _count;
    private int _lines;

    /// <summary>Regions of an image.</summary>
    /// <param name="shape">The image's shape.</param>
    /// <param name="firstSection">Added to the section indices of the regions: where the image stands in a larger one.</param>
    public RunRegions(ImageShape shape, int firstSection = 0)
    {
        _shape = shape;
        _firstSection = firstSection;
        _firstOfLine = ArrayPool<int>.Shared.Rent((shape.Sections * shape.Rows) + 1);
    }

    /// <summary>The runs, in the order of the image.</summary>
    public ReadOnlySpan<Run> Runs => _runs.AsSpan(0, _count);

    /// <summary>Forgets all lines.</summary>
    public void Clear() => (_count, _lines) = (0, 0);

    /// <summary>The next line: the voxels above a threshold.</summary>
    /// <param name="values">The line, or a part of it.</param>
    /// <param name="threshold">A voxel must be larger.</param>
    /// <param name="firstColumn">The column of the first value.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddLine(ReadOnlySpan<float> values, float threshold, int firstColumn = 0)
    {
        _firstOfLine[_lines] = _count;
        Vector<float> least = new(threshold);
        int column = 0;
        while (column < values.Length)
        {
            if (column <= values.Length - Vector<float>.Count && !Vector.GreaterThanAny(new Vector<float>(values[column..]), least))
            {
                column += Vector<float>.Count;
                continue;
            }

            if (!(values[column] > threshold))
            {
                column++;
                continue;
            }

            int first = column++;
            while (column < values.Length && values[column] > threshold)
            {
                column++;
            }

            Add(firstColumn + first, firstColumn + column);
        }

        _lines++;
    }

    /// <summary>The next line of a mask.</summary>
    public void AddLine(ReadOnlySpan<bool> mask)
    {
        _firstOfLine[_lines] = _count;
        int first = mask.IndexOf(true);
        while (first >= 0)
        {
            int length = mask[first..].IndexOf(false);
            int end = length < 0 ? mask.Length : first + length;
            Add(first, end);
            int next = mask[end..].IndexOf(true);
            first = next < 0 ? -1 : end + next;
        }

        _lines++;
    }

    /// <summary>The next line, which has nothing.</summary>
    public void AddEmptyLine() => _firstOfLine[_lines++] = _count;

    /// <summary>
    /// Joins the runs of all lines to regions: the largest first, among equals the one that begins first. Afterwards each run
    /// has the label of its region, from 1, or 0 where the region is too small.
    /// </summary>
    /// <param name="connectivity">Which voxels are neighbours.</param>
    /// <param name="isLarge">Whether a region of so many voxels is wanted.</param>
    public Region[] Join(Connectivity connectivity, Predicate<int> isLarge)
    {
        _firstOfLine[_lines] = _count;
        for (int line = 0; line < _lines; line++)
        {
            if (_firstOfLine[line] == _firstOfLine[line + 1])
            {
                continue;
            }

            int row = line % _shape.Rows;
            bool hasSection = line >= _shape.Rows;
            bool corners = connectivity == Connectivity.Corners;
            if (row > 0)
            {
                JoinLines(line, line - 1, corners ? 1 : 0);
            }

            if (hasSection)
            {
                JoinLines(line, line - _shape.Rows, corners ? 1 : 0);
                if (corners && row > 0)
                {
                    JoinLines(line, line - _shape.Rows - 1, 1);
                }

                if (corners && row < _shape.Rows - 1)
                {
                    JoinLines(line, line - _shape.Rows + 1, 1);
                }
            }
        }

        return Number(isLarge);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_firstOfLine);
        ArrayPool<Run>.Shared.Return(_runs);
        (_firstOfLine, _runs) = ([], []);
    }

    private void Add(int first, int end)
    {
        if (_count == _runs.Length)
        {
            Run[] larger = ArrayPool<Run>.Shared.Rent(2 * _count);
            _runs.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<Run>.Shared.Return(_runs);
            _runs = larger;
        }

        _runs[_count] = new Run { Line = _lines, First = first, End = end, Label = _count };
        _count++;
    }

    /// <summary>Until regions are numbered, the label of a run is the index of one before it in its region, or its own.</summary>
    private int RootOf(int run)
    {
        while (_runs[run].Label != run)
        {
            _runs[run].Label = _runs[_runs[run].Label].Label;
            run = _runs[run].Label;
        }

        return run;
    }

    private void JoinLines(int line, int other, int reach)
    {
        int a = _firstOfLine[line], endA = _firstOfLine[line + 1], b = _firstOfLine[other], endB = _firstOfLine[other + 1];
        while (a < endA && b < endB)
        {
            ref readonly Run first = ref _runs[a];
            ref readonly Run second = ref _runs[b];
            bool next = first.End < second.End;
            if (first.First < second.End + reach && second.First < first.End + reach)
            {
                int rootA = RootOf(a), rootB = RootOf(b);
                // The earlier run stands for the region, so that regions are met in the order in which they begin.
                _runs[Math.Max(rootA, rootB)].Label = Math.Min(rootA, rootB);
            }

            (a, b) = next ? (a + 1, b) : (a, b + 1);
        }
    }

    private Region[] Number(Predicate<int> isLarge)
    {
        Extent[] extents = ArrayPool<Extent>.Shared.Rent(Math.Max(1, _count));
        int[] labels = ArrayPool<int>.Shared.Rent(Math.Max(1, _count));
        try
        {
            int found = 0;
            for (int i = 0; i < _count; i++)
            {
                ref Run run = ref _runs[i];
                if (run.Label == i)
                {
                    run.Label = found;
                    extents[found++] = Extent.None;
                }
                else
                {
                    // The run that it points to comes before and has its number already.
                    run.Label = _runs[run.Label].Label;
                }

                extents[run.Label].Add(run, _firstSection, _shape.Rows);
            }

            List<long> order = [];
            for (int i = 0; i < found; i++)
            {
                labels[i] = 0;
                if (isLarge(extents[i].Voxels))
                {
                    order.Add(((long)(int.MaxValue - extents[i].Voxels) << 32) | (uint)i);
                }
            }

            order.Sort();
            Region[] regions = new Region[order.Count];
            for (int i = 0; i < regions.Length; i++)
            {
                int number = (int)(order[i] & uint.MaxValue);
                labels[number] = i + 1;
                regions[i] = extents[number].ToRegion(i + 1);
            }

            for (int i = 0; i < _count; i++)
            {
                _runs[i].Label = labels[_runs[i].Label];
            }

            return regions;
        }
        finally
        {
            ArrayPool<Extent>.Shared.Return(extents);
            ArrayPool<int>.Shared.Return(labels);
        }
    }

    /// <summary>Neighbouring voxels of one line.</summary>
    internal struct Run
    {
        /// <summary>The line: section times rows plus row.</summary>
        public int Line;

        /// <summary>The first column.</summary>
        public int First;

        /// <summary>The column behind the last.</summary>
        public int End;

        /// <summary>The region.</summary>
        public int Label;
    }

    private struct Extent
    {
        private long _sections;
        private long _rows;
        private long _columns;
        private IndexBox _box;

        public static Extent None => new() { _box = new IndexBox(int.MaxValue, int.MinValue, int.MaxValue, int.MinValue, int.MaxValue, int.MinValue) };

        public int Voxels { get; private set; }

        public void Add(in Run run, int firstSection, int rows)
        {
            (int section, int row) = Math.DivRem(run.Line, rows);
            section += firstSection;
            long length = run.End - run.First;
            Voxels += (int)length;
            _sections += section * length;
            _rows += row * length;
            _columns += (run.First + run.End - 1L) * length / 2;
            _box = _box.Union(new IndexBox(section, section, row, row, run.First, run.End - 1));
        }

        public readonly Region ToRegion(int label) =>
            new(label, Voxels, (double)_columns / Voxels, (double)_rows / Voxels, (double)_sections / Voxels, _box);
    }
}
