using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Annotations;

/// <summary>Pictures of planar images with regions on them, for LabelMe: so that readers draw, and what a model drew can be put right by hand.</summary>
public static class AnnotationExport
{
    /// <summary>The part of the pixels with counts that are brighter than the window.</summary>
    private const double Saturated = 0.005;

    /// <summary>A picture and its annotations.</summary>
    /// <param name="Name">The name of both files without an extension: pseudonyms and the view.</param>
    /// <param name="Picture">The picture, inverse grey.</param>
    /// <param name="Annotations">What is drawn on it, with the window that the picture was drawn with.</param>
    public sealed record ExportedPicture(string Name, PngImage Picture, LabelMeFile Annotations)
    {
        /// <summary>Writes both into a folder.</summary>
        public void Write(string folder)
        {
            PngEncoder.Save(Picture, Path.Combine(folder, Annotations.Picture));
            AtomicFile.Write(Path.Combine(folder, $"{Name}.json"), Annotations.ToJson());
        }
    }

    /// <summary>The frames of a planar image as pictures.</summary>
    /// <param name="image">The image.</param>
    /// <param name="window">From which values to which; null for 0 to the value that half a percent of the pixels with counts exceed, for each frame.</param>
    /// <param name="regions">The regions of each frame, by its index; null for none.</param>
    /// <exception cref="InvalidDataException">The image is a volume.</exception>
    public static IReadOnlyList<ExportedPicture> Of(ScintigraphyImage image, PictureWindow? window = null, Func<int, IReadOnlyList<AnnotatedRegion>>? regions = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        ImageHeader header = image.Header;
        if (header.IsVolume)
        {
            throw new InvalidDataException($"{header.File}: expected planar views, found a {header.Kind}: LabelMe knows pictures alone.");
        }

        ImageShape shape = new(header.Rows, header.Columns);
        string study = $"{header.Patient.Pseudonym}-{CasePseudonym.StudyOf(header)}";
        List<ExportedPicture> pictures = [];
        foreach (ImageFrame frame in header.Frames)
        {
            ReadOnlySpan<float> values = image.Frame(frame.Index);
            PictureWindow shown = window ?? WindowOf(values);
            string view = frame.View == DetectorView.Unknown || header.Frames.Count(other => other.View == frame.View) > 1
                ? string.Create(CultureInfo.InvariantCulture, $"frame{frame.Index + 1}") : frame.View.ToString().ToLowerInvariant();
            string name = $"{study}-{view}";
            pictures.Add(new ExportedPicture(name, PngImage.Draw(values, shape, ColourMap.InverseGrey, (float)shown.Low, (float)shown.High), new LabelMeFile
            {
                Columns = header.Columns,
                Rows = header.Rows,
                Picture = $"{name}.png",
                Regions = regions?.Invoke(frame.Index) ?? [],
                Window = shown,
                Spacing = header.SpacingIsAssumed ? null : (header.RowSpacing, header.ColumnSpacing),
            }));
        }

        return pictures;
    }

    /// <summary>The regions of a label map, as polygons that give that very map again.</summary>
    /// <param name="labels">A label for each pixel; 0 is background.</param>
    /// <param name="shape">[rows, columns].</param>
    /// <param name="names">The names of the labels from 1.</param>
    /// <exception cref="ArgumentException">A label has no name.</exception>
    public static IReadOnlyList<AnnotatedRegion> RegionsOf(byte[] labels, ImageShape shape, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(names);
        int most = labels.Length == 0 ? 0 : labels.Max();
        if (most > names.Count)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"expected labels of 0 to {names.Count}, as there are names, found {most}."), nameof(labels));
        }

        return [.. names.SelectMany((name, index) => RegionOutline.Trace([.. labels.Select(label => label == index + 1)], shape)
            .Select(outline => new AnnotatedRegion(name, AnnotationForm.Polygon, outline)))];
    }

    private static PictureWindow WindowOf(ReadOnlySpan<float> values)
    {
        List<float> counted = [];
        foreach (float value in values)
        {
            if (value > 0)
            {
                counted.Add(value);
            }
        }

        counted.Sort();
        double high = counted.Count == 0 ? 1 : counted[Math.Max(0, counted.Count - 1 - (int)(Saturated * counted.Count))];
        return new PictureWindow(0, high, "0 to the value that 0.5 % of the pixels with counts exceed");
    }
}
