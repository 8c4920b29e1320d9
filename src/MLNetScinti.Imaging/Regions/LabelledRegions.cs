namespace MLNetScinti.Imaging;

/// <summary>The connected regions of a mask, the largest first; among equals the one that begins first.</summary>
public sealed class LabelledRegions
{
    private LabelledRegions(ImageShape shape, int[] labels, Region[] regions) => (Shape, Labels, Regions) = (shape, labels, regions);

    /// <summary>The shape of the label image.</summary>
    public ImageShape Shape { get; }

    /// <summary>For each voxel the number of its region, from 1; 0 outside the mask.</summary>
    public int[] Labels { get; }

    /// <summary>The regions; region with label n is at index n - 1.</summary>
    public IReadOnlyList<Region> Regions { get; }

    /// <summary>Finds the connected regions of a mask.</summary>
    /// <param name="mask">The mask, last dimension fastest.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="connectivity">Which voxels are neighbours.</param>
    public static LabelledRegions Find(ReadOnlySpan<bool> mask, ImageShape shape, Connectivity connectivity = Connectivity.Faces)
    {
        if (mask.Length != shape.Length)
        {
            throw new ArgumentException($"A mask of {shape} holds {shape.Length} values, found {mask.Length}.", nameof(mask));
        }

        (int S, int R, int C)[] steps = Morphology.Neighbours(shape, connectivity);
        int[] labels = new int[mask.Length];
        List<Region> found = [];
        Stack<int> open = new();
        for (int start = 0; start < mask.Length; start++)
        {
            if (!mask[start] || labels[start] != 0)
            {
                continue;
            }

            int label = found.Count + 1;
            labels[start] = label;
            open.Push(start);
            Extent extent = new();
            while (open.TryPop(out int at))
            {
                int s = at / shape.PlaneLength;
                int r = at % shape.PlaneLength / shape.Columns;
                int c = at % shape.Columns;
                extent.Add(s, r, c);
                foreach ((int ds, int dr, int dc) in steps)
                {
                    if ((uint)(s + ds) >= (uint)shape.Sections || (uint)(r + dr) >= (uint)shape.Rows || (uint)(c + dc) >= (uint)shape.Columns)
                    {
                        continue;
                    }

                    int next = at + (((ds * shape.Rows) + dr) * shape.Columns) + dc;
                    if (mask[next] && labels[next] == 0)
                    {
                        labels[next] = label;
                        open.Push(next);
                    }
                }
            }

            found.Add(extent.ToRegion(label));
        }

        Region[] ordered = [.. found.OrderByDescending(region => region.Voxels)];
        int[] renamed = new int[found.Count + 1];
        for (int i = 0; i < ordered.Length; i++)
        {
            renamed[ordered[i].Label] = i + 1;
            ordered[i] = ordered[i] with { Label = i + 1 };
        }

        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = renamed[labels[i]];
        }

        return new(shape, labels, ordered);
    }

    /// <summary>The mask of one region.</summary>
    public bool[] MaskOf(int label) => Array.ConvertAll(Labels, each => each == label);

    private sealed class Extent
    {
        private long _sections;
        private long _rows;
        private long _columns;
        private int _count;
        private IndexBox _box = new(int.MaxValue, int.MinValue, int.MaxValue, int.MinValue, int.MaxValue, int.MinValue);

        public void Add(int s, int r, int c)
        {
            _count++;
            _sections += s;
            _rows += r;
            _columns += c;
            _box = new(
                Math.Min(_box.FirstSection, s), Math.Max(_box.LastSection, s),
                Math.Min(_box.FirstRow, r), Math.Max(_box.LastRow, r),
                Math.Min(_box.FirstColumn, c), Math.Max(_box.LastColumn, c));
        }

        public Region ToRegion(int label) =>
            new(label, _count, (double)_columns / _count, (double)_rows / _count, (double)_sections / _count, _box);
    }
}
