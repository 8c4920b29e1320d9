using System.Globalization;
using FellowOakDicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>Where an image is in the patient, and what had to be assumed.</summary>
/// <param name="Volume">The sections' geometry; null where frames are not sections.</param>
/// <param name="ColumnSpacing">Millimetres between columns.</param>
/// <param name="RowSpacing">Millimetres between rows.</param>
/// <param name="SpacingIsAssumed">Whether the file gives no pixel size.</param>
/// <param name="Note">What was assumed; empty where nothing was.</param>
internal sealed record GeometryReading(ImageGeometry? Volume, double ColumnSpacing, double RowSpacing, bool SpacingIsAssumed, string Note)
{
    private const string AssumedAxial = "transverse sections, columns to the patient's left, rows to the back";

    public static GeometryReading Read(DicomDataset dataset, ImageKind kind, int rows, int columns, int frames, int sections, IReadOnlyList<CameraDetector> detectors)
    {
        FunctionalGroups groups = new(dataset);
        List<string> notes = [];
        double[] spacing = groups.IsPresent ? groups.PixelSpacing(0) : dataset.Numbers(DicomTag.PixelSpacing);
        if (spacing.Length == 0 && kind == ImageKind.SecondaryCapture)
        {
            spacing = dataset.Numbers(DicomTag.NominalScannedPixelSpacing);
        }

        // Rows first: the first value is the distance between rows (PS3.3 10.7.1.1).
        bool assumed = spacing is not [> 0, > 0] || !spacing.All(double.IsFinite);
        (double rowSpacing, double columnSpacing) = assumed ? (1, 1) : (spacing[0], spacing[1]);
        if (assumed)
        {
            notes.Add("Pixel Spacing is missing: 1 mm was assumed");
        }

        ImageGeometry? volume = kind switch
        {
            ImageKind.ReconTomo or ImageKind.ReconGatedTomo => NuclearMedicine(dataset, rows, columns, sections, rowSpacing, columnSpacing, detectors, notes),
            ImageKind.Pet or ImageKind.Ct when groups.IsPresent => Enhanced(groups, rows, columns, frames, rowSpacing, columnSpacing, notes),
            ImageKind.Pet or ImageKind.Ct or ImageKind.Dose => Sections(dataset, kind, rows, columns, frames, rowSpacing, columnSpacing, notes),
            _ => null,
        };
        return new(volume, columnSpacing, rowSpacing, assumed, notes.Count == 0 ? "" : string.Join("; ", notes) + ".");
    }

    private static ImageGeometry NuclearMedicine(DicomDataset dataset, int rows, int columns, int sections, double rowSpacing, double columnSpacing, IReadOnlyList<CameraDetector> detectors, List<string> notes)
    {
        CameraDetector? detector = detectors.FirstOrDefault(one => one.RowDirection is not null) ?? detectors.FirstOrDefault();
        Point3? row = detector?.RowDirection;
        Point3? column = detector?.ColumnDirection;
        Point3? origin = detector?.Position;
        if (row is null && dataset.Directions(DicomTag.ImageOrientationPatient) is (Point3, Point3) top)
        {
            // Not where the standard puts it for Nuclear Medicine, but some workstations do.
            (row, column) = top;
            origin ??= dataset.Point(DicomTag.ImagePositionPatient);
        }

        if (row is null)
        {
            notes.Add($"The Detector Information Sequence gives no orientation: {AssumedAxial} were assumed");
        }

        Point3 rowDirection = row ?? new Point3(1, 0, 0);
        Point3 columnDirection = column ?? new Point3(0, 1, 0);
        double? between = dataset.Number(DicomTag.SpacingBetweenSlices);
        double? thickness = dataset.Number(DicomTag.SliceThickness);
        double step = between is double given && given != 0 ? given : thickness is > 0 ? thickness.Value : rowSpacing;
        if (between is null or 0 && sections > 1)
        {
            notes.Add(thickness is > 0
                ? "Spacing Between Slices is missing: the slice thickness was taken, and sections were taken to follow the cross product of row and column direction"
                : "Spacing Between Slices and Slice Thickness are missing: the pixel size was taken");
        }

        // Positive: sections lie behind the first one, along the cross product; negative: in front of it (PS3.3 C.8.4.15).
        Point3 normal = rowDirection.Cross(columnDirection);
        Point3 sectionDirection = step < 0 ? -1 * normal : normal;
        if (origin is null)
        {
            notes.Add("The Detector Information Sequence gives no position: the volume was centred on the origin");
        }

        double spacing = Math.Abs(step);
        return new ImageGeometry
        {
            Columns = columns,
            Rows = rows,
            Sections = sections,
            ColumnSpacing = columnSpacing,
            RowSpacing = rowSpacing,
            SectionSpacing = spacing,
            RowDirection = rowDirection,
            ColumnDirection = columnDirection,
            SectionDirection = sectionDirection,
            Origin = origin ?? Centred(rowDirection, columnDirection, sectionDirection, columns * columnSpacing - columnSpacing, rows * rowSpacing - rowSpacing, sections * spacing - spacing),
        };
    }

    private static ImageGeometry Sections(DicomDataset dataset, ImageKind kind, int rows, int columns, int frames, double rowSpacing, double columnSpacing, List<string> notes)
    {
        (Point3 Row, Point3 Column)? directions = dataset.Directions(DicomTag.ImageOrientationPatient);
        if (directions is null)
        {
            notes.Add($"Image Orientation (Patient) is missing: {AssumedAxial} were assumed");
        }

        (Point3 row, Point3 column) = directions ?? (new Point3(1, 0, 0), new Point3(0, 1, 0));
        Point3 sectionDirection = row.Cross(column);
        double? thickness = dataset.Number(DicomTag.SliceThickness);
        double step = Math.Abs(dataset.Number(DicomTag.SpacingBetweenSlices) ?? thickness ?? 0);
        if (kind == ImageKind.Dose && frames > 1)
        {
            double[] offsets = dataset.Numbers(DicomTag.GridFrameOffsetVector);
            double first = offsets.Length == frames ? offsets[1] - offsets[0] : 0;
            bool even = first != 0 && Enumerable.Range(1, frames - 1).All(i => Math.Abs(offsets[i] - offsets[i - 1] - first) < 1e-3 * Math.Abs(first));
            if (even)
            {
                step = Math.Abs(first);
                sectionDirection = first < 0 ? -1 * sectionDirection : sectionDirection;
            }
            else
            {
                notes.Add("The Grid Frame Offset Vector does not give evenly spaced planes: they were taken as evenly spaced");
            }
        }

        Point3? origin = dataset.Point(DicomTag.ImagePositionPatient);
        if (origin is null)
        {
            notes.Add("Image Position (Patient) is missing: the image was centred on the origin");
        }

        if (!(step > 0))
        {
            step = rowSpacing;
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"Slice Thickness is missing: {step:0.###} mm, the pixel size, was taken"));
        }

        return new ImageGeometry
        {
            Columns = columns,
            Rows = rows,
            Sections = frames,
            ColumnSpacing = columnSpacing,
            RowSpacing = rowSpacing,
            SectionSpacing = step,
            RowDirection = row,
            ColumnDirection = column,
            SectionDirection = sectionDirection,
            Origin = origin ?? Centred(row, column, sectionDirection, (columns - 1) * columnSpacing, (rows - 1) * rowSpacing, (frames - 1) * step),
        };
    }

    private static ImageGeometry? Enhanced(FunctionalGroups groups, int rows, int columns, int frames, double rowSpacing, double columnSpacing, List<string> notes)
    {
        Point3?[] positions = [.. Enumerable.Range(0, frames).Select(groups.Position)];
        if (groups.Directions(0) is not (Point3 row, Point3 column) || positions.Any(position => position is null))
        {
            notes.Add("The functional groups do not place every frame: no volume can be made of them");
            return null;
        }

        Point3 first = positions[0]!.Value;
        Point3 total = positions[^1]!.Value - first;
        double step = frames > 1 ? total.Length / (frames - 1) : groups.SliceThickness(0) ?? rowSpacing;
        if (!(step > 0))
        {
            notes.Add("All frames are in one place: no volume can be made of them");
            return null;
        }

        Point3 direction = frames > 1 ? 1 / total.Length * total : row.Cross(column);
        bool even = Enumerable.Range(0, frames).All(i => (positions[i]!.Value - first - (i * step * direction)).Length < 0.1 * step);
        if (!even)
        {
            notes.Add("The frames are not evenly spaced in the file's order: no volume can be made of them");
            return null;
        }

        return new ImageGeometry
        {
            Columns = columns,
            Rows = rows,
            Sections = frames,
            ColumnSpacing = columnSpacing,
            RowSpacing = rowSpacing,
            SectionSpacing = step,
            RowDirection = row,
            ColumnDirection = column,
            SectionDirection = direction,
            Origin = first,
        };
    }

    private static Point3 Centred(Point3 row, Point3 column, Point3 section, double width, double height, double depth) =>
        (-width / 2 * row) + (-height / 2 * column) + (-depth / 2 * section);
}
