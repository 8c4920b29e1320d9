using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Interactive;

/// <summary>Images as pictures: dark where the counts are, as nuclear medicine looks at them. Volumes by their three maximum intensity projections.</summary>
internal static class ImageDrawing
{
    private const int Longest = 320;

    public static DrawnPicture Of(PngImage image) => new(image, $"Picture of {image.Width} × {image.Height} pixels");

    public static DrawnPicture Of(CasePicture picture) => new(picture.Png.ToArray(), picture.AlternativeText);

    public static DrawnPicture Of(PlanarImage image) => new(
        Draw(image.Pixels, image.Shape, Maximum(image.Pixels), Longest),
        string.Create(CultureInfo.InvariantCulture,
            $"Planar image of {image.Rows} × {image.Columns} pixels, {image.RowSpacing:0.##} × {image.ColumnSpacing:0.##} mm; maximum {Maximum(image.Pixels):0.##}"));

    public static DrawnPicture Of(Volume volume)
    {
        ImageGeometry geometry = volume.Geometry;
        return new(
            Projections(volume.Voxels, volume.Shape, headAtEnd: geometry.SectionDirection.Z > 0.5, Longest),
            string.Create(CultureInfo.InvariantCulture,
                $"Volume of {geometry.Sections} × {geometry.Rows} × {geometry.Columns} voxels, {geometry.SectionSpacing:0.##} × {geometry.RowSpacing:0.##} × {geometry.ColumnSpacing:0.##} mm; maximum {Maximum(volume.Voxels):0.##}. Maximum intensity projections: coronal, sagittal, transverse"));
    }

    public static DrawnPicture Of(ScintigraphyImage image)
    {
        ImageHeader header = image.Header;
        return new(
            ImageRendering.Draw(image),
            string.Create(CultureInfo.InvariantCulture,
                $"{header.Modality} image ({header.Kind}): {header.Frames.Count} frames of {header.Rows} × {header.Columns} pixels, {header.RowSpacing:0.##} × {header.ColumnSpacing:0.##} mm; maximum {image.Maximum:0.##}, total {image.Total:0}"));
    }

    /// <summary>A small picture of an image column's value: a volume from the front.</summary>
    public static PngImage Thumbnail(ReadOnlySpan<float> values, ImageShape shape, int size)
    {
        float maximum = Maximum(values);
        if (!shape.IsVolume)
        {
            return Draw(values, shape, maximum, size);
        }

        MaximumIntensityProjection coronal = new(ProjectionAxis.Coronal);
        float[] plane = coronal.Apply(values, shape);
        ImageShape planeShape = coronal.OutputShape(shape);
        TurnOver(plane, planeShape);
        return Draw(plane, planeShape, maximum, size);
    }

    private static PngImage Projections(ReadOnlySpan<float> voxels, ImageShape shape, bool headAtEnd, int longest)
    {
        float maximum = Maximum(voxels);
        List<PngImage> pictures = [];
        foreach (ProjectionAxis axis in (ReadOnlySpan<ProjectionAxis>)[ProjectionAxis.Coronal, ProjectionAxis.Sagittal, ProjectionAxis.Transverse])
        {
            MaximumIntensityProjection projection = new(axis);
            float[] plane = projection.Apply(voxels, shape);
            ImageShape planeShape = projection.OutputShape(shape);
            if (headAtEnd && axis != ProjectionAxis.Transverse)
            {
                TurnOver(plane, planeShape);
            }

            pictures.Add(PngImage.Draw(plane, planeShape, ColourMap.InverseGrey, 0, maximum));
        }

        // One scale for all three, so that the same organ has the same size on each.
        int enlarge = Math.Max(1, longest / pictures.Max(picture => Math.Max(picture.Width, picture.Height)));
        return PngImage.SideBySide([.. pictures.Select(picture => picture.Enlarge(enlarge))], gap: 8);
    }

    private static PngImage Draw(ReadOnlySpan<float> values, ImageShape shape, float maximum, int longest) =>
        PngImage.Draw(values, shape, ColourMap.InverseGrey, 0, maximum).Enlarge(Math.Max(1, longest / Math.Max(shape.Rows, shape.Columns)));

    /// <summary>The largest finite value; where none is positive, one that draws everything empty.</summary>
    private static float Maximum(ReadOnlySpan<float> values)
    {
        float maximum = 0;
        foreach (float value in values)
        {
            maximum = float.IsFinite(value) && value > maximum ? value : maximum;
        }

        return maximum;
    }

    // Sections run from the feet to the head; on paper the head is at the top.
    private static void TurnOver(float[] plane, ImageShape shape)
    {
        for (int row = 0; row < shape.Rows / 2; row++)
        {
            Span<float> top = plane.AsSpan(row * shape.Columns, shape.Columns);
            Span<float> bottom = plane.AsSpan((shape.Rows - 1 - row) * shape.Columns, shape.Columns);
            for (int column = 0; column < top.Length; column++)
            {
                (top[column], bottom[column]) = (bottom[column], top[column]);
            }
        }
    }
}

/// <summary>A picture and what is seen on it, for who cannot see it.</summary>
internal sealed record DrawnPicture(byte[] Png, string Description)
{
    public DrawnPicture(PngImage image, string description)
        : this(PngEncoder.Encode(image), description)
    {
    }

    public Markup Html() => Markup.Of($"""<img src="data:image/png;base64,{Convert.ToBase64String(Png)}" alt="{Description}">""");
}
