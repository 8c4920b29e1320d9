namespace MLNetScinti.Imaging;

/// <summary>One image of a sample: values with their place in space.</summary>
public sealed class SampleImage
{
    /// <summary>An image over an existing array, which it keeps and does not copy.</summary>
    /// <param name="name">Its name in the sample.</param>
    /// <param name="geometry">Where the values are; one section where the image is planar.</param>
    /// <param name="values">The values, last dimension fastest.</param>
    /// <param name="isPlanar">Whether it is a projection: then the movements of the patient that it sees are those in its plane.</param>
    /// <exception cref="ArgumentException">The number of values is not that of the geometry, or a planar image has several sections.</exception>
    public SampleImage(string name, ImageGeometry geometry, float[] values, bool isPlanar = false)
    {
        Name = name;
        Geometry = geometry.Checked();
        IsPlanar = isPlanar;
        Values = values;
        SampleMask.Check(name, geometry, values.Length, isPlanar);
    }

    /// <summary>A volume.</summary>
    public SampleImage(string name, Volume volume)
        : this(name, volume.Geometry, volume.Voxels)
    {
    }

    /// <summary>The image's name in the sample.</summary>
    public string Name { get; }

    /// <summary>Where the values are.</summary>
    public ImageGeometry Geometry { get; }

    /// <summary>Whether the image is a projection.</summary>
    public bool IsPlanar { get; }

    /// <summary>The values, last dimension fastest.</summary>
    public float[] Values { get; }

    /// <summary>[rows, columns] or [sections, rows, columns].</summary>
    public ImageShape Shape => SampleMask.ShapeOf(Geometry, IsPlanar);

    /// <summary>A view from the front: columns run to the patient's left, rows to the feet.</summary>
    public static SampleImage Anterior(string name, PlanarImage image) => new(name, Planar(image, columns: 1), image.Pixels, isPlanar: true);

    /// <summary>A view from the back as the camera sees it: columns run to the patient's right, rows to the feet.</summary>
    public static SampleImage Posterior(string name, PlanarImage image) => new(name, Planar(image, columns: -1), image.Pixels, isPlanar: true);

    /// <summary>The same image with other values.</summary>
    internal SampleImage With(float[] values) => new(Name, Geometry, values, IsPlanar);

    private static ImageGeometry Planar(PlanarImage image, int columns) => new()
    {
        Columns = image.Columns,
        Rows = image.Rows,
        Sections = 1,
        ColumnSpacing = image.ColumnSpacing,
        RowSpacing = image.RowSpacing,
        SectionSpacing = 1,
        RowDirection = new(columns, 0, 0),
        ColumnDirection = new(0, 0, -1),
        SectionDirection = new(0, columns, 0),
    };
}

/// <summary>A label map of a sample: what each pixel or voxel belongs to.</summary>
public sealed class SampleMask
{
    /// <summary>A label map over an existing array, which it keeps and does not copy.</summary>
    /// <param name="name">Its name in the sample.</param>
    /// <param name="geometry">Where the labels are; one section where the map is planar.</param>
    /// <param name="labels">The labels, last dimension fastest; 0 is the background.</param>
    /// <param name="isPlanar">Whether it belongs to a projection.</param>
    /// <param name="sides">Labels of left and right parts, which a mirror image exchanges.</param>
    /// <exception cref="ArgumentException">The number of labels is not that of the geometry, or a planar map has several sections.</exception>
    public SampleMask(string name, ImageGeometry geometry, byte[] labels, bool isPlanar = false, params IReadOnlyList<(byte Left, byte Right)> sides)
    {
        Name = name;
        Geometry = geometry.Checked();
        IsPlanar = isPlanar;
        Labels = labels;
        Sides = sides;
        Check(name, geometry, labels.Length, isPlanar);
    }

    /// <summary>The map's name in the sample.</summary>
    public string Name { get; }

    /// <summary>Where the labels are.</summary>
    public ImageGeometry Geometry { get; }

    /// <summary>Whether the map belongs to a projection.</summary>
    public bool IsPlanar { get; }

    /// <summary>The labels, last dimension fastest.</summary>
    public byte[] Labels { get; }

    /// <summary>Labels of left and right parts.</summary>
    public IReadOnlyList<(byte Left, byte Right)> Sides { get; }

    /// <summary>[rows, columns] or [sections, rows, columns].</summary>
    public ImageShape Shape => ShapeOf(Geometry, IsPlanar);

    internal static ImageShape ShapeOf(ImageGeometry geometry, bool isPlanar) => isPlanar ? new(geometry.Rows, geometry.Columns) : geometry.Shape;

    internal static void Check(string name, ImageGeometry geometry, int length, bool isPlanar)
    {
        if (length != geometry.Shape.Length)
        {
            throw new ArgumentException($"{name}: an image of {geometry.Shape} holds {geometry.Shape.Length} values, found {length}.", nameof(length));
        }

        if (isPlanar && geometry.Sections != 1)
        {
            throw new ArgumentException($"{name}: a planar image has one section, found {geometry.Sections}.", nameof(geometry));
        }
    }
}

/// <summary>
/// What belongs to one case and is changed together: its images, its label maps, and what is known about the sides of the body.
/// The middle of the first volume is the centre that everything turns about; a projection, and a volume of a left-right pair, turns
/// about its own.
/// </summary>
public sealed record ImageSample
{
    /// <summary>The images.</summary>
    public IReadOnlyList<SampleImage> Images { get; init; } = [];

    /// <summary>The label maps.</summary>
    public IReadOnlyList<SampleMask> Masks { get; init; } = [];

    /// <summary>Numbers known about the case, by name.</summary>
    public IReadOnlyDictionary<string, double> Facts { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>The side of the body that the case is about, where it is about one.</summary>
    public BodySide? Side { get; init; }

    /// <summary>Names of images, label maps and facts that stand for the left and the right of the body: a mirror image exchanges them.</summary>
    public IReadOnlyList<(string Left, string Right)> Pairs { get; init; } = [];

    /// <summary>The image of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public SampleImage Image(string name) => Images.FirstOrDefault(image => string.Equals(image.Name, name, StringComparison.Ordinal))
        ?? throw new KeyNotFoundException($"There is no image '{name}'; there are {string.Join(", ", Images.Select(image => image.Name))}.");

    /// <summary>The label map of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public SampleMask Mask(string name) => Masks.FirstOrDefault(mask => string.Equals(mask.Name, name, StringComparison.Ordinal))
        ?? throw new KeyNotFoundException($"There is no label map '{name}'; there are {string.Join(", ", Masks.Select(mask => mask.Name))}.");
}
