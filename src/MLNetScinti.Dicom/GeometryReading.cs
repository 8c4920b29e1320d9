using System.Globalization;
using FellowOakDicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>Where an image is in the patient, and what had to be assumed.</summary>
/// <param name="Volume">The sections' geometry; null where frames are not sections, or nothing tells where they lie.</param>
/// <param name="ColumnSpacing">Millimetres between columns.</param>
/// <param name="RowSpacing">Millimetres between rows.</param>
/// <param name="SpacingIsAssumed">Whether the file gives no pixel size that is one.</param>
/// <param name="Note">What was assumed; empty where nothing was.</param>
/// <param name="Refusal">Why sections make no volume; empty where they do.</param>
/// <param name="Volumes">The frames of each volume in the order of its sections.</param>
internal sealed record GeometryReading(ImageGeometry? Volume, double ColumnSpacing, double RowSpacing, bool SpacingIsAssumed, string Note, string Refusal, IReadOnlyList<int[]> Volumes)
{
    private const string Missing = " is missing";
    private const string AssumedAxial = "transverse sections, columns to the patient's left, rows to the back";

    public static GeometryReading Read(DicomDataset dataset, ImageKind kind, int rows, int columns, int frames, FrameLayout layout, IReadOnlyList<CameraDetector> detectors, bool assumeSpacing, List<string> warnings)
    {
        Matrix matrix = new(rows, columns, frames, new FunctionalGroups(dataset), assumeSpacing);
        (double[] spacing, string fault) = PixelSpacing(dataset, kind, matrix.Groups);
        bool isVolume = kind is ImageKind.ReconTomo or ImageKind.ReconGatedTomo or ImageKind.Pet or ImageKind.Ct or ImageKind.Dose;
        bool assumed = fault.Length > 0;
        (matrix.RowSpacing, matrix.ColumnSpacing) = assumed ? (1, 1) : (spacing[0], spacing[1]);
        if (assumed && isVolume)
        {
            matrix.Assume(fault, "1 mm was assumed");
        }
        else if (assumed)
        {
            matrix.Notes.Add($"{fault}: the pixel size is unknown");
        }

        bool isReconstructed = kind is ImageKind.ReconTomo or ImageKind.ReconGatedTomo;
        IReadOnlyList<int[]> volumes = isReconstructed ? layout.Volumes : isVolume ? [[.. Enumerable.Range(0, frames)]] : [];
        ImageGeometry? volume = kind switch
        {
            _ when !isVolume || matrix.Refusal.Length > 0 => null,
            _ when isReconstructed => layout.Refusal.Length > 0 ? null : NuclearMedicine(dataset, matrix, layout, detectors, warnings),
            ImageKind.Pet or ImageKind.Ct when matrix.Groups.ArePlaced(dataset) => Enhanced(matrix),
            _ => Sections(dataset, kind, matrix, warnings),
        };
        string refusal = layout.Refusal.Length > 0 ? layout.Refusal : matrix.Refusal;
        // A single section without a thickness has its place: its series tells how far the next one is.
        bool isPlaced = kind is ImageKind.Ct or ImageKind.Pet && frames == 1 && !matrix.Groups.ArePlaced(dataset) && matrix.IsPlaced;
        if (matrix.Refusal.Length > 0)
        {
            matrix.Notes.Add($"{matrix.Refusal}: no volume can be made of {(frames == 1 ? "the section alone" : "the frames")}");
            volume = isPlaced ? volume : null;
        }

        // No bed and no scanner is that long.
        if (volume is not null && Math.Max(volume.Sections * volume.SectionSpacing, Math.Max(volume.Rows * volume.RowSpacing, volume.Columns * volume.ColumnSpacing)) is double extent and > 4000)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"The volume is {extent:G6} mm long, which no scanner covers: a spacing is wrong."));
        }

        return new(volume, matrix.ColumnSpacing, matrix.RowSpacing, assumed, matrix.Notes.Count == 0 ? "" : string.Join("; ", matrix.Notes) + ".", refusal, volumes);
    }

    /// <summary>Distances of rows and columns, the first value that of rows (PS3.3 10.7.1.1), or what is wrong with them.</summary>
    private static (double[] Spacing, string Fault) PixelSpacing(DicomDataset dataset, ImageKind kind, FunctionalGroups groups)
    {
        // Some workstations write the groups and leave them empty: what they do not say is said where it always was.
        bool isGrouped = groups.PixelSpacing(0).Length > 0;
        double[] spacing = isGrouped ? groups.PixelSpacing(0) : dataset.Numbers(DicomTag.PixelSpacing);
        if (spacing.Length == 0 && kind == ImageKind.SecondaryCapture)
        {
            spacing = dataset.Numbers(DicomTag.NominalScannedPixelSpacing);
        }

        string Millimetres() => string.Join(" x ", spacing.Select(value => value.ToString("0.####", CultureInfo.InvariantCulture))) + " mm";
        return (spacing, spacing switch
        {
            [] => Array.Exists(dataset.Texts(DicomTag.PixelSpacing), text => text.Length > 0) ? "Pixel Spacing is not two numbers" : "Pixel Spacing is missing",
            _ when !Array.TrueForAll(spacing, double.IsFinite) => "Pixel Spacing is not two numbers",
            { Length: not 2 } => $"Pixel Spacing has {(spacing.Length == 1 ? "one value" : $"{spacing.Length} values")} ({Millimetres()}), expected two",
            [> 0, > 0] => "",
            _ => $"Pixel Spacing is {Millimetres()}, expected two positive lengths",
        });
    }

    private static ImageGeometry NuclearMedicine(DicomDataset dataset, Matrix matrix, FrameLayout layout, IReadOnlyList<CameraDetector> detectors, List<string> warnings)
    {
        int sections = layout.Volumes[0].Length;
        CameraDetector? detector = detectors.FirstOrDefault(one => one.RowDirection is not null) ?? detectors.FirstOrDefault();
        Point3? row = detector?.RowDirection;
        Point3? column = detector?.ColumnDirection;
        Point3? origin = detector?.Position;
        if (dataset.Directions(DicomTag.ImageOrientationPatient) is (Point3 topRow, Point3 topColumn))
        {
            if (row is null)
            {
                // Not where the standard puts it for Nuclear Medicine, but some workstations do.
                (row, column) = (topRow, topColumn);
                origin ??= dataset.Point(DicomTag.ImagePositionPatient);
            }
            else if (topRow.Dot(row.Value) < 0.99 || topColumn.Dot(column!.Value) < 0.99)
            {
                warnings.Add("The image and its Detector Information Sequence give different orientations: the latter was believed, where the standard puts it.");
            }
        }

        if (row is null)
        {
            string fault = dataset.Items(DicomTag.DetectorInformationSequence).Select(OrientationFault).FirstOrDefault(text => text.Length > 0) ?? "";
            matrix.Notes.Add($"{(fault.Length > 0 ? fault : "The Detector Information Sequence gives no orientation")}: {AssumedAxial} were assumed");
        }

        Point3 rowDirection = row ?? new Point3(1, 0, 0);
        Point3 columnDirection = column ?? new Point3(0, 1, 0);
        double? between = dataset.Number(DicomTag.SpacingBetweenSlices);
        double? thickness = dataset.Number(DicomTag.SliceThickness);
        string spacingFault = LengthFault(dataset, DicomTag.SpacingBetweenSlices, isSigned: true), thicknessFault = LengthFault(dataset, DicomTag.SliceThickness);
        double step = spacingFault.Length == 0 ? between!.Value : thicknessFault.Length == 0 ? thickness!.Value : matrix.RowSpacing;
        // Reconstructed sections lie side by side or overlap; some write a thickness rounded to half a voxel.
        if (sections > 1 && spacingFault.Length == 0 && thicknessFault.Length == 0 && Math.Abs(between!.Value) > 2.01 * thickness!.Value)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"Sections of {thickness.Value:0.###} mm (Slice Thickness) lie {Math.Abs(between.Value):0.###} mm apart (Spacing Between Slices), which a reconstruction does not leave between them: one of the two is wrong, and the latter was believed."));
        }

        if (spacingFault.Length > 0 && thicknessFault.Length > 0)
        {
            matrix.Assume(Both(spacingFault, thicknessFault), "the pixel size was taken");
        }
        else if (spacingFault.Length > 0 && sections > 1)
        {
            matrix.Notes.Add($"{spacingFault}: the slice thickness was taken, and sections were taken to follow the cross product of row and column direction");
        }

        TellThickness(spacingFault, thicknessFault, warnings);
        if (layout.Gap.Length > 0)
        {
            matrix.Assume(layout.Gap, "its sections were taken as following each other");
        }

        // Positive: sections lie behind the first one, along the cross product; negative: in front of it (PS3.3 C.8.4.15).
        Point3 normal = rowDirection.Cross(columnDirection);
        Point3 sectionDirection = step < 0 ? -1 * normal : normal;
        if (origin is null)
        {
            string fault = dataset.Items(DicomTag.DetectorInformationSequence).Select(PositionFault).FirstOrDefault(text => text.Length > 0) ?? "";
            matrix.Notes.Add($"{(fault.Length > 0 ? fault : "The Detector Information Sequence gives no position")}: the volume was centred on the origin");
        }

        double spacing = Math.Abs(step);
        Point3 first = origin is Point3 placed ? placed + (-layout.FirstSection * spacing * sectionDirection) : matrix.Centred(rowDirection, columnDirection, sectionDirection, sections, spacing);
        return matrix.Geometry(sections, spacing, rowDirection, columnDirection, sectionDirection, first);
    }

    private static ImageGeometry? Sections(DicomDataset dataset, ImageKind kind, Matrix matrix, List<string> warnings)
    {
        (Point3 Row, Point3 Column)? directions = dataset.Directions(DicomTag.ImageOrientationPatient);
        if (directions is null)
        {
            string fault = OrientationFault(dataset);
            matrix.Notes.Add($"{(fault.Length > 0 ? fault : "Image Orientation (Patient) is missing")}: {AssumedAxial} were assumed");
        }

        (Point3 row, Point3 column) = directions ?? (new Point3(1, 0, 0), new Point3(0, 1, 0));
        Point3 sectionDirection = row.Cross(column);
        if (kind == ImageKind.Ct && directions is not null)
        {
            CheckTilt(dataset, sectionDirection, warnings);
        }

        string spacingFault = LengthFault(dataset, DicomTag.SpacingBetweenSlices), thicknessFault = LengthFault(dataset, DicomTag.SliceThickness);
        double step = spacingFault.Length == 0 ? dataset.Number(DicomTag.SpacingBetweenSlices)!.Value : thicknessFault.Length == 0 ? dataset.Number(DicomTag.SliceThickness)!.Value : 0;
        TellThickness(spacingFault, thicknessFault, warnings);
        if (dataset.Contains(DicomTag.SpacingBetweenSlices) && spacingFault.Length > 0 && step > 0 && !spacingFault.EndsWith(Missing, StringComparison.Ordinal))
        {
            warnings.Add($"{spacingFault}, expected a length above 0: the slice thickness was taken.");
        }

        if (kind == ImageKind.Dose && matrix.Frames > 1)
        {
            double[] offsets = dataset.Numbers(DicomTag.GridFrameOffsetVector);
            double first = offsets.Length == matrix.Frames ? offsets[1] - offsets[0] : 0;
            bool even = first != 0 && Enumerable.Range(1, matrix.Frames - 1).All(i => Math.Abs(offsets[i] - offsets[i - 1] - first) < 1e-3 * Math.Abs(first));
            if (even)
            {
                step = Math.Abs(first);
                sectionDirection = first < 0 ? -1 * sectionDirection : sectionDirection;
            }
            else
            {
                string fault = offsets.Length == matrix.Frames ? "The Grid Frame Offset Vector does not give evenly spaced planes"
                    : $"The Grid Frame Offset Vector has {offsets.Length} values for {matrix.Frames} planes";
                matrix.Assume(fault, "they were taken as evenly spaced");
            }
        }

        Point3? origin = dataset.Point(DicomTag.ImagePositionPatient);
        if (origin is null)
        {
            // Beside the other sections of its series, or over another image, it would lie where nobody measured it.
            string fault = PositionFault(dataset);
            matrix.IsPlaced = false;
            return matrix.Refuse(fault.Length > 0 ? fault : "Image Position (Patient) is missing");
        }

        if (!(step > 0))
        {
            step = matrix.RowSpacing;
            matrix.Assume(spacingFault.EndsWith(Missing, StringComparison.Ordinal) ? thicknessFault : Both(spacingFault, thicknessFault), string.Create(CultureInfo.InvariantCulture, $"{step:0.###} mm, the pixel size, was taken"));
        }

        return matrix.Geometry(matrix.Frames, step, row, column, sectionDirection, origin.Value);
    }

    // A tilted gantry turns the sections; an orientation that does not turn with it misplaces what lies off the middle.
    private static void CheckTilt(DicomDataset dataset, Point3 normal, List<string> warnings)
    {
        bool isOriginal = dataset.Texts(DicomTag.ImageType).FirstOrDefault() is "ORIGINAL";
        double turned = Math.Acos(Math.Min(1, Math.Abs(normal.Z))) * 180 / Math.PI;
        if (isOriginal && turned < 45 && dataset.Number(DicomTag.GantryDetectorTilt) is double tilt && Math.Abs(tilt) > 1 && Math.Abs(Math.Abs(tilt) - turned) > 1)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"Gantry/Detector Tilt is {tilt:0.#} degrees, Image Orientation (Patient) is turned by {turned:0.#}: the latter was believed."));
        }
    }

    private static ImageGeometry? Enhanced(Matrix matrix)
    {
        FunctionalGroups groups = matrix.Groups;
        int frames = matrix.Frames;
        Point3?[] positions = [.. Enumerable.Range(0, frames).Select(groups.Position)];
        if (groups.Directions(0) is not (Point3 row, Point3 column) || positions.Any(position => position is null))
        {
            return matrix.Refuse("The functional groups do not place every frame");
        }

        if (!Enumerable.Range(1, frames - 1).All(frame => groups.Directions(frame) is (Point3 one, Point3 other) && one.Dot(row) > 0.9999 && other.Dot(column) > 0.9999))
        {
            return matrix.Refuse("The frames have different orientations");
        }

        if (!Enumerable.Range(1, frames - 1).All(frame => groups.PixelSpacing(frame) is [double r, double c] && Math.Abs(r - matrix.RowSpacing) < 1e-4 * matrix.RowSpacing && Math.Abs(c - matrix.ColumnSpacing) < 1e-4 * matrix.ColumnSpacing))
        {
            return matrix.Refuse("The frames have different pixel sizes");
        }

        Point3 first = positions[0]!.Value;
        Point3 total = positions[^1]!.Value - first;
        double? thickness = groups.SliceThickness(0);
        if (frames == 1 && thickness is not > 0)
        {
            matrix.Assume(thickness is double told ? string.Create(CultureInfo.InvariantCulture, $"Slice Thickness is {told:0.####} mm") : "Slice Thickness is missing", "the pixel size was taken");
        }

        double step = frames > 1 ? total.Length / (frames - 1) : thickness is > 0 ? thickness.Value : matrix.RowSpacing;
        if (!(step > 0))
        {
            return matrix.Refuse("All frames are in one place");
        }

        Point3 direction = frames > 1 ? 1 / total.Length * total : row.Cross(column);
        bool even = Enumerable.Range(0, frames).All(i => (positions[i]!.Value - first - (i * step * direction)).Length < 0.1 * step);
        if (!even)
        {
            return matrix.Refuse("The frames are not evenly spaced in the file's order");
        }

        // Frames that follow each other within their own plane are no sections, whatever their distance.
        return Math.Abs(row.Cross(column).Dot(direction)) > 0.05
            ? matrix.Geometry(frames, step, row, column, direction, first)
            : matrix.Refuse("The frames lie beside each other in one plane");
    }

    // A thickness that is none says nothing of the distance, and something of the file.
    private static void TellThickness(string spacingFault, string thicknessFault, List<string> warnings)
    {
        if (spacingFault.Length == 0 && thicknessFault.Length > 0 && !thicknessFault.EndsWith(Missing, StringComparison.Ordinal))
        {
            warnings.Add($"{thicknessFault}, expected a length above 0: it is ignored, and Spacing Between Slices was taken.");
        }
    }

    /// <summary>What is wrong with a length; empty where nothing is.</summary>
    private static string LengthFault(DicomDataset dataset, DicomTag tag, bool isSigned = false)
    {
        string name = tag.DictionaryEntry.Name;
        return dataset.Number(tag) switch
        {
            double when dataset.Numbers(tag) is { Length: > 1 } several && several.Distinct().Count() > 1 => $"{name} has {several.Length} values",
            double length when length > 0 || (isSigned && length < 0) => "",
            double length => string.Create(CultureInfo.InvariantCulture, $"{name} is {length:0.####}{(length == 0 ? "" : " mm")}"),
            null when dataset.Numbers(tag).Length > 0 || Array.Exists(dataset.Texts(tag), text => text.Length > 0) => $"{name} is no number",
            _ => name + Missing,
        };
    }

    private static string Both(string first, string second) =>
        first.EndsWith(Missing, StringComparison.Ordinal) && second.EndsWith(Missing, StringComparison.Ordinal) ? $"{first[..^Missing.Length]} and {second[..^Missing.Length]} are missing" : $"{first} and {second}";

    /// <summary>What is wrong with a position that is there and is none; empty where there is none at all, or a good one.</summary>
    private static string PositionFault(DicomDataset dataset) =>
        dataset.Point(DicomTag.ImagePositionPatient) is null && Array.Exists(dataset.Texts(DicomTag.ImagePositionPatient), text => text.Length > 0)
            ? $"Image Position (Patient) has {dataset.Numbers(DicomTag.ImagePositionPatient).Count(double.IsFinite)} numbers, expected three"
            : "";

    /// <summary>What is wrong with an orientation that is there and is none; empty where there is none at all, or a good one.</summary>
    private static string OrientationFault(DicomDataset dataset)
    {
        if (dataset.Directions(DicomTag.ImageOrientationPatient) is not null || !Array.Exists(dataset.Texts(DicomTag.ImageOrientationPatient), text => text.Length > 0))
        {
            return "";
        }

        double[] all = dataset.Numbers(DicomTag.ImageOrientationPatient);
        if (all.Length != 6 || !Array.TrueForAll(all, double.IsFinite))
        {
            return $"Image Orientation (Patient) has {(all.Length == 6 ? "values that are no numbers" : $"{all.Length} numbers")}, expected six";
        }

        Point3 row = new(all[0], all[1], all[2]), column = new(all[3], all[4], all[5]);
        return row.Length < 1e-6 || column.Length < 1e-6
            ? "Image Orientation (Patient) has a direction of length 0"
            : string.Create(CultureInfo.InvariantCulture, $"Image Orientation (Patient) gives rows and columns at {Math.Acos(Math.Clamp(row.Dot(column) / row.Length / column.Length, -1, 1)) * 180 / Math.PI:0.#} degrees, expected right angles");
    }

    /// <summary>What is known of a matrix while its place is worked out.</summary>
    private sealed class Matrix(int rows, int columns, int frames, FunctionalGroups groups, bool assumeSpacing)
    {
        public int Frames => frames;

        public FunctionalGroups Groups => groups;

        public double RowSpacing { get; set; }

        public double ColumnSpacing { get; set; }

        public List<string> Notes { get; } = [];

        /// <summary>Whether the file says where its first section lies.</summary>
        public bool IsPlaced { get; set; } = true;

        /// <summary>Why there is no volume.</summary>
        public string Refusal { get; private set; } = "";

        /// <summary>Goes on with a length that is not in the file, where that was asked for, and refuses the volume where it was not.</summary>
        public void Assume(string fault, string what)
        {
            if (assumeSpacing)
            {
                Notes.Add($"{fault}: {what}");
            }
            else if (Refusal.Length == 0)
            {
                Refusal = fault;
            }
        }

        public ImageGeometry? Refuse(string why)
        {
            Refusal = why;
            return null;
        }

        public ImageGeometry Geometry(int sections, double spacing, Point3 row, Point3 column, Point3 section, Point3 origin) => new()
        {
            Columns = columns,
            Rows = rows,
            Sections = sections,
            ColumnSpacing = ColumnSpacing,
            RowSpacing = RowSpacing,
            SectionSpacing = spacing,
            RowDirection = row,
            ColumnDirection = column,
            SectionDirection = section,
            Origin = origin,
        };

        public Point3 Centred(Point3 row, Point3 column, Point3 section, int sections, double spacing) =>
            (-(columns - 1) * ColumnSpacing / 2 * row) + (-(rows - 1) * RowSpacing / 2 * column) + (-(sections - 1) * spacing / 2 * section);
    }
}
