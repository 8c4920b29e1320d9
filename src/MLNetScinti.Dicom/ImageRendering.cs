using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>
/// Draws images as nuclear medicine looks at them: planar views in inverse grey side by side, volumes as three maximum
/// intensity projections above their sections, series of frames as a montage. For eyes only: nothing is scored from it.
/// </summary>
public static class ImageRendering
{
    private const int Gap = 4;
    private const int TileSize = 160;
    private const int MostTiles = 36;

    /// <summary>The picture of an image.</summary>
    public static PngImage Draw(ScintigraphyImage image) => image.Header.Geometry is null || image.Header.VolumeRefusal.Length > 0 ? DrawPlanar(image) : DrawVolume(image);

    /// <summary>The picture of an image as the bytes of a PNG file.</summary>
    public static byte[] DrawPng(ScintigraphyImage image) => PngEncoder.Encode(Draw(image));

    private static PngImage DrawPlanar(ScintigraphyImage image)
    {
        ImageHeader header = image.Header;
        ImageShape shape = new(header.Rows, header.Columns);
        (ColourMap map, float low, float high) = Levels(image);
        int[] frames = Chosen(header.Frames.Count);

        // A few views are seen whole; many are tiles.
        int longest = frames.Length <= 4 ? 768 : TileSize;
        (int height, int width) = Fit(header.Rows * header.RowSpacing, header.Columns * header.ColumnSpacing, header.Rows, header.Columns, longest);
        PngImage[] tiles = [.. frames.Select(frame => Tile(image.Frame(frame), shape, height, width, map, low, high))];
        return Montage(tiles, frames.Length <= 4 ? frames.Length : (int)Math.Ceiling(Math.Sqrt(frames.Length)), Background(map));
    }

    private static PngImage DrawVolume(ScintigraphyImage image)
    {
        Volume volume = image.ToVolume();
        ImageGeometry geometry = volume.Geometry;
        (ColourMap map, float low, float high) = Levels(image);

        // Head up, where the sections run along the body.
        bool upsideDown = geometry.SectionDirection.Z > 0.5;
        List<PngImage> projections = [];
        if (geometry.Sections > 1)
        {
            foreach ((ProjectionAxis axis, double height, double width) in new[]
            {
                (ProjectionAxis.Coronal, geometry.Sections * geometry.SectionSpacing, geometry.Columns * geometry.ColumnSpacing),
                (ProjectionAxis.Sagittal, geometry.Sections * geometry.SectionSpacing, geometry.Rows * geometry.RowSpacing),
                (ProjectionAxis.Transverse, geometry.Rows * geometry.RowSpacing, geometry.Columns * geometry.ColumnSpacing),
            })
            {
                MaximumIntensityProjection projection = new(axis);
                ImageShape shape = projection.OutputShape(geometry.Shape);
                float[] values = new float[shape.Length];
                projection.Apply(volume.Voxels, geometry.Shape, values);
                if (upsideDown && axis != ProjectionAxis.Transverse)
                {
                    TurnOver(values, shape);
                }

                (int rows, int columns) = Fit(height, width, shape.Rows, shape.Columns, 2 * TileSize);
                projections.Add(Tile(values, shape, rows, columns, map, low, high));
            }
        }

        ImageShape section = new(geometry.Rows, geometry.Columns);
        int[] chosen = Chosen(geometry.Sections);
        (int tileHeight, int tileWidth) = Fit(geometry.Rows * geometry.RowSpacing, geometry.Columns * geometry.ColumnSpacing, geometry.Rows, geometry.Columns, chosen.Length == 1 ? 512 : TileSize);
        PngImage[] tiles = [.. chosen.Select(index => Tile(volume.Section(index), section, tileHeight, tileWidth, map, low, high))];
        PngImage sections = Montage(tiles, chosen.Length <= 4 ? chosen.Length : (int)Math.Ceiling(Math.Sqrt(chosen.Length)), Background(map));
        return projections.Count == 0 ? sections : Stack(Montage(projections, projections.Count, Background(map)), sections, Background(map));
    }

    // Counts: the top of the scale leaves the hottest spots (a bladder, an injection site) saturated, so that bones are seen. CT: a soft-tissue window.
    private static (ColourMap Map, float Low, float High) Levels(ScintigraphyImage image)
    {
        if (image.Kind == ImageKind.Ct)
        {
            return (ColourMap.Grey, -160, 240);
        }

        float[] sorted = Array.FindAll(image.Values, value => value > 0);
        if (sorted.Length == 0)
        {
            return (ColourMap.InverseGrey, 0, 1);
        }

        Array.Sort(sorted);
        double share = image.Kind switch { ImageKind.WholeBody => 0.995, ImageKind.Static => 0.9995, _ => 1 };
        float high = sorted[(int)((sorted.Length - 1) * share)];
        return (image.Kind == ImageKind.Dose ? ColourMap.Grey : ColourMap.InverseGrey, 0, high);
    }

    private static byte Background(ColourMap map) => map == ColourMap.Grey ? (byte)0 : (byte)255;

    /// <summary>Rows and columns of the picture: true to millimetres, at least a pixel for each of the image up to the longest side.</summary>
    private static (int Rows, int Columns) Fit(double height, double width, int rows, int columns, int longest)
    {
        double perMillimetre = longest / Math.Max(height, width);
        if (Math.Max(rows, columns) > longest && longest > TileSize)
        {
            perMillimetre = Math.Max(rows / height, columns / width) * Math.Min(1, 1024.0 / Math.Max(rows, columns));
        }

        return (Math.Clamp((int)Math.Round(height * perMillimetre), 1, 2048), Math.Clamp((int)Math.Round(width * perMillimetre), 1, 2048));
    }

    private static int[] Chosen(int count) => count <= MostTiles
        ? [.. Enumerable.Range(0, count)]
        : [.. Enumerable.Range(0, MostTiles).Select(tile => (int)((tile + 0.5) * count / MostTiles))];

    private static PngImage Tile(ReadOnlySpan<float> values, ImageShape shape, int rows, int columns, ColourMap map, float low, float high)
    {
        float[] scaled = new float[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            int from = Math.Min((int)((row + 0.5) * shape.Rows / rows), shape.Rows - 1) * shape.Columns;
            for (int column = 0; column < columns; column++)
            {
                scaled[(row * columns) + column] = values[from + Math.Min((int)((column + 0.5) * shape.Columns / columns), shape.Columns - 1)];
            }
        }

        return PngImage.Draw(scaled, new ImageShape(rows, columns), map, low, high);
    }

    private static void TurnOver(float[] values, ImageShape shape)
    {
        for (int row = 0; row < shape.Rows / 2; row++)
        {
            Span<float> top = values.AsSpan(row * shape.Columns, shape.Columns);
            Span<float> bottom = values.AsSpan((shape.Rows - 1 - row) * shape.Columns, shape.Columns);
            for (int column = 0; column < shape.Columns; column++)
            {
                (top[column], bottom[column]) = (bottom[column], top[column]);
            }
        }
    }

    private static PngImage Montage(IReadOnlyList<PngImage> tiles, int across, byte background)
    {
        PngImage? montage = null;
        for (int first = 0; first < tiles.Count; first += across)
        {
            PngImage row = PngImage.SideBySide([.. tiles.Skip(first).Take(across)], Gap, background);
            montage = montage is null ? row : Stack(montage, row, background);
        }

        return montage!;
    }

    private static PngImage Stack(PngImage above, PngImage below, byte background)
    {
        int width = Math.Max(above.Width, below.Width);
        int height = above.Height + Gap + below.Height;
        byte[] samples = new byte[width * height];
        samples.AsSpan().Fill(background);
        Place(above, samples, width, 0);
        Place(below, samples, width, above.Height + Gap);
        return new PngImage(width, height, 1, samples);
    }

    private static void Place(PngImage picture, byte[] samples, int width, int top)
    {
        for (int row = 0; row < picture.Height; row++)
        {
            picture.Samples.AsSpan(row * picture.Width, picture.Width).CopyTo(samples.AsSpan((top + row) * width));
        }
    }
}
