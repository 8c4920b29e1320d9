namespace MLNetScinti.Imaging;

/// <summary>
/// Resamples an image to another number of pixels by linear interpolation; the field of view stays the same. The centre of
/// pixel i of n new pixels lies at (i + 1/2) m/n - 1/2 of m old ones (ONNX Resize, "half_pixel"); beyond the outermost
/// centres the edge value holds. No low-pass filter is applied when pixels become larger.
/// </summary>
/// <param name="size">The new extent.</param>
public sealed class Resample(ImageShape size) : IImageOperator
{
    /// <summary>The new extent.</summary>
    public ImageShape Size { get; } = size;

    /// <inheritdoc/>
    public string Name => $"Resample({Size})";

    /// <summary>
    /// The operator that brings a volume nearest to a spacing. As the field of view holds a whole number of voxels, the
    /// spacing reached, which the second value gives, differs a little from the one asked for.
    /// </summary>
    /// <param name="geometry">The volume's geometry.</param>
    /// <param name="columnSpacing">Wanted millimetres between columns.</param>
    /// <param name="rowSpacing">Wanted millimetres between rows.</param>
    /// <param name="sectionSpacing">Wanted millimetres between sections.</param>
    public static (Resample Operator, ImageGeometry Geometry) ToSpacing(ImageGeometry geometry, double columnSpacing, double rowSpacing, double sectionSpacing)
    {
        ImageShape size = new(
            CountFor(geometry.Sections, geometry.SectionSpacing, sectionSpacing),
            CountFor(geometry.Rows, geometry.RowSpacing, rowSpacing),
            CountFor(geometry.Columns, geometry.ColumnSpacing, columnSpacing));
        return (new Resample(size), GeometryOf(geometry, size));
    }

    /// <summary>
    /// A volume seen on another grid, wherever that is in space and however it is turned: linear interpolation, zeros outside the
    /// volume's field. No low-pass filter is applied when voxels become larger.
    /// </summary>
    /// <param name="volume">The volume; it stays as it is.</param>
    /// <param name="grid">The grid.</param>
    public static Volume ToGrid(Volume volume, ImageGeometry grid) => ToGrid(volume, grid, new GridResampling()).Volume;

    /// <summary>
    /// A volume seen on another grid, wherever that is in space and however it is turned, through both affines in double precision.
    /// So a CT comes onto the grid of a SPECT of the same frame of reference, padded with air to its field.
    /// </summary>
    /// <param name="volume">The volume; it stays as it is.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="resampling">The value outside the volume's field, and what is done before voxels become larger.</param>
    /// <param name="back">From a point of the grid to the point of the volume that is seen there, mm about the origin of coordinates, such as what a registration found; null for the same point.</param>
    /// <exception cref="ArgumentException">The value outside is no number, or the map is not finite.</exception>
    public static ResampledVolume ToGrid(Volume volume, ImageGeometry grid, GridResampling resampling, SpatialMap? back = null)
    {
        ArgumentNullException.ThrowIfNull(resampling);
        if (!float.IsFinite(resampling.Outside))
        {
            throw new ArgumentException($"The value outside an image's field must be a number, found {resampling.Outside}.", nameof(resampling));
        }

        SpatialMap from = back ?? SpatialMap.Identity;
        if (!double.IsFinite(from.Determinant + from.Shift.X + from.Shift.Y + from.Shift.Z))
        {
            throw new ArgumentException($"A map of space needs finite numbers, found {from}.", nameof(back));
        }

        Volume result = new(grid);
        GridMap map = GridMap.Between(grid, volume.Geometry, from, default);
        (double sections, double rows, double columns) = resampling.Smoothing(map);
        float[] values = volume.Voxels;
        if (sections > 0 || rows > 0 || columns > 0)
        {
            values = [.. values];
            GaussianFilter.Apply(values, volume.Shape, sections, rows, columns);
        }

        int outside = GridSampling.InField(map, values, volume.Shape, result.Voxels, result.Shape, resampling.Outside, resampling.Interpolation);
        return new ResampledVolume(result, outside, resampling.Outside);
    }

    /// <summary>
    /// A volume in voxels of a given size, by <see cref="ToGrid(Volume, ImageGeometry, GridResampling, SpatialMap?)"/> over the same field, middle on
    /// middle; the volume itself where its voxels are of that size already.
    /// </summary>
    /// <param name="volume">The volume; it stays as it is.</param>
    /// <param name="voxel">The size.</param>
    /// <param name="resampling">What is done where voxels become larger, and what lies outside.</param>
    public static Volume ToVoxels(Volume volume, VoxelSize voxel, GridResampling resampling)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(voxel);
        ImageGeometry own = volume.Geometry;
        return voxel.IsLike(VoxelSize.Of(own)) ? volume : ToGrid(volume, GridInTheMiddleOf(own, voxel, new ImageShape(
            CountFor(own.Sections, own.SectionSpacing, voxel.Section), CountFor(own.Rows, own.RowSpacing, voxel.Row), CountFor(own.Columns, own.ColumnSpacing, voxel.Column))), resampling).Volume;
    }

    /// <summary>So many voxels of a size, in the directions of a geometry and with its middle.</summary>
    public static ImageGeometry GridInTheMiddleOf(ImageGeometry geometry, VoxelSize voxel, ImageShape shape)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        ArgumentNullException.ThrowIfNull(voxel);
        ImageGeometry grid = geometry with
        {
            Columns = shape.Columns,
            Rows = shape.Rows,
            Sections = shape.Sections,
            ColumnSpacing = voxel.Column,
            RowSpacing = voxel.Row,
            SectionSpacing = voxel.Section,
        };
        static Point3 Middle(ImageGeometry of) => of.PositionOf((of.Columns - 1) / 2.0, (of.Rows - 1) / 2.0, (of.Sections - 1) / 2.0);
        return grid with { Origin = grid.Origin + Middle(geometry) - Middle(grid) };
    }

    /// <summary>Resamples a volume and gives it its new geometry.</summary>
    public Volume Apply(Volume volume) => new(GeometryOf(volume.Geometry, Size), ImageOperators.Apply(this, volume.Voxels, volume.Shape));

    /// <inheritdoc/>
    public ImageShape OutputShape(ImageShape input) => input.Rank == Size.Rank
        ? Size
        : throw new ArgumentException($"{Name}: the image has {input.Rank} dimensions, the new size {Size.Rank}.", nameof(input));

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output)
    {
        ImageOperators.CheckLengths(this, input, inputShape, output);
        (int Low, int High, float Weight)[] sections = Weights(inputShape.Sections, Size.Sections);
        (int Low, int High, float Weight)[] rows = Weights(inputShape.Rows, Size.Rows);
        (int Low, int High, float Weight)[] columns = Weights(inputShape.Columns, Size.Columns);
        int plane = inputShape.PlaneLength;
        float[] line = new float[inputShape.Columns];
        for (int s = 0; s < Size.Sections; s++)
        {
            (int s0, int s1, float ws) = sections[s];
            for (int r = 0; r < Size.Rows; r++)
            {
                (int r0, int r1, float wr) = rows[r];
                ReadOnlySpan<float> a = input.Slice((s0 * plane) + (r0 * inputShape.Columns), inputShape.Columns);
                ReadOnlySpan<float> b = input.Slice((s0 * plane) + (r1 * inputShape.Columns), inputShape.Columns);
                ReadOnlySpan<float> c = input.Slice((s1 * plane) + (r0 * inputShape.Columns), inputShape.Columns);
                ReadOnlySpan<float> d = input.Slice((s1 * plane) + (r1 * inputShape.Columns), inputShape.Columns);
                for (int i = 0; i < line.Length; i++)
                {
                    float low = a[i] + (wr * (b[i] - a[i]));
                    float high = c[i] + (wr * (d[i] - c[i]));
                    line[i] = low + (ws * (high - low));
                }

                Span<float> target = output.Slice(((s * Size.Rows) + r) * Size.Columns, Size.Columns);
                for (int i = 0; i < target.Length; i++)
                {
                    (int low, int high, float w) = columns[i];
                    target[i] = line[low] + (w * (line[high] - line[low]));
                }
            }
        }
    }

    /// <inheritdoc/>
    public string WriteNodes(INodeGraph graph, string input, ImageShape inputShape)
    {
        _ = OutputShape(inputShape);
        // A channel axis makes of it the form that runtimes implement: [N, 1, rows, columns] or [N, 1, sections, rows, columns].
        string axis = graph.Constant([1L], [1]);
        string image = graph.Node("Unsqueeze", [input, axis]);
        string batch = graph.Node("Shape", [image], new NodeAttribute("start", 0), new NodeAttribute("end", 2));
        long[] extent = [.. Size.ToArray().Select(count => (long)count)];
        string sizes = graph.Node("Concat", [batch, graph.Constant(extent, [extent.Length])], new NodeAttribute("axis", 0));
        string resized = graph.Node(
            "Resize",
            [image, "", "", sizes],
            new NodeAttribute("mode", "linear"),
            new NodeAttribute("coordinate_transformation_mode", "half_pixel"));
        return graph.Node("Squeeze", [resized, axis]);
    }

    private static int CountFor(int count, double spacing, double wanted) => wanted > 0
        ? Math.Max(1, (int)Math.Round(count * spacing / wanted, MidpointRounding.AwayFromZero))
        : throw new ArgumentOutOfRangeException(nameof(wanted), wanted, "A spacing must be positive.");

    /// <summary>The same field of view in another number of voxels.</summary>
    public static ImageGeometry GeometryOf(ImageGeometry old, ImageShape size)
    {
        double column = old.ColumnSpacing * old.Columns / size.Columns;
        double row = old.RowSpacing * old.Rows / size.Rows;
        double section = old.SectionSpacing * old.Sections / size.Sections;
        return old with
        {
            Columns = size.Columns,
            Rows = size.Rows,
            Sections = size.Sections,
            ColumnSpacing = column,
            RowSpacing = row,
            SectionSpacing = section,
            Origin = old.PositionOf(
                ((double)old.Columns / size.Columns / 2) - 0.5,
                ((double)old.Rows / size.Rows / 2) - 0.5,
                ((double)old.Sections / size.Sections / 2) - 0.5),
        };
    }

    private static (int Low, int High, float Weight)[] Weights(int from, int to)
    {
        var weights = new (int Low, int High, float Weight)[to];
        double factor = (double)from / to;
        for (int i = 0; i < to; i++)
        {
            double x = Math.Clamp(((i + 0.5) * factor) - 0.5, 0, from - 1);
            int low = (int)x;
            weights[i] = (low, Math.Min(low + 1, from - 1), (float)(x - low));
        }

        return weights;
    }
}
