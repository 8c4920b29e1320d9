using FellowOakDicom;
using FellowOakDicom.IO;
using MLNetScinti.Dicom.Codecs;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>Makes the typed header of a data set.</summary>
internal static class HeaderReading
{
    /// <summary>The header and the pixel format of a file.</summary>
    /// <exception cref="DicomReadException">The file holds no image, or none that was asked for, or contradicts itself.</exception>
    public static (ImageHeader Header, PixelFormat Format) Read(DicomFile opened, string file, DicomReadOptions options)
    {
        DicomDataset dataset = opened.Dataset;
        List<string> warnings = [];
        ImageKind kind = StorageKind.Of(dataset, file, opened.IsPartial, warnings);
        string modality = dataset.Text(DicomTag.Modality);
        CheckWanted(modality, kind, file, options);

        int rows = Extent(dataset, DicomTag.Rows, file);
        int columns = Extent(dataset, DicomTag.Columns, file);
        int frameCount = dataset.Contains(DicomTag.NumberOfFrames) && dataset.Whole(DicomTag.NumberOfFrames) is int told ? told : 1;
        if (frameCount < 1)
        {
            throw new DicomReadException(file, SkipReason.InconsistentHeader, $"Number of Frames is {frameCount}, expected 1 or more: send the file again from its source.");
        }

        PixelCodings.Check(dataset, file);
        PixelFormat format = PixelFormat.Read(dataset, file, rows, columns, frameCount, options.MaximumValues, warnings);
        IReadOnlyList<EnergyWindow> windows = CameraReading.EnergyWindows(dataset);
        IReadOnlyList<CameraDetector> detectors = CameraReading.Detectors(dataset);
        IReadOnlyList<CameraRotation> rotations = CameraReading.Rotations(dataset);
        IReadOnlyList<AcquisitionPhase> phases = CameraReading.Phases(dataset);
        List<(FrameDimension Dimension, ushort[] Numbers)> vectors = FrameIndexing.Read(dataset, frameCount, warnings);
        string imageId = dataset.Text(DicomTag.ImageID);
        string seriesDescription = dataset.Text(DicomTag.SeriesDescription);
        double? frameSeconds = dataset.Number(DicomTag.ActualFrameDuration) / 1000;
        ImageFrame[] frames = Frames(frameCount, kind, vectors, detectors, rotations, phases, frameSeconds, [imageId, seriesDescription]);
        if (kind == ImageKind.WholeBody && frames is [{ View: DetectorView.Unknown }, { View: DetectorView.Unknown }])
        {
            warnings.Add("The file does not say from where its two views look: the first was taken as anterior, the second as posterior.");
            frames = [frames[0] with { View = DetectorView.Anterior }, frames[1] with { View = DetectorView.Posterior }];
        }

        GeometryReading geometry = GeometryReading.Read(dataset, kind, rows, columns, frameCount, Sections(vectors, frameCount, warnings), detectors);
        (PatientFacts patient, PatientIdentity identity) = PatientReading.Read(dataset, options.PseudonymKey);
        (ImageUnit unit, string unitText) = Unit(dataset, modality);
        bool lossy = dataset.InternalTransferSyntax.IsLossy || string.Equals(dataset.Text(DicomTag.LossyImageCompression), "01", StringComparison.Ordinal);
        if (lossy)
        {
            warnings.Add("The pixels went through a lossy compression: counts are not what the camera counted.");
        }

        if (opened.IsPartial)
        {
            warnings.Add("The file does not end where its data set ends: bytes are missing or left over behind the pixels.");
        }

        return (new ImageHeader
        {
            File = file,
            Kind = kind,
            Modality = modality,
            StorageClass = StorageKind.Name(dataset),
            ImageType = [.. dataset.Texts(DicomTag.ImageType).Select(DatasetReading.Clean)],
            TransferSyntax = dataset.InternalTransferSyntax.UID.Name,
            IsLossy = lossy,
            Rows = rows,
            Columns = columns,
            ColumnSpacing = geometry.ColumnSpacing,
            RowSpacing = geometry.RowSpacing,
            SpacingIsAssumed = geometry.SpacingIsAssumed,
            SliceThickness = dataset.Number(DicomTag.SliceThickness),
            SpacingBetweenSlices = dataset.Number(DicomTag.SpacingBetweenSlices),
            Geometry = geometry.Volume,
            GeometryIsAssumed = geometry.Note.Length > 0,
            GeometryNote = geometry.Note,
            Dimensions = [.. vectors.Select(vector => vector.Dimension)],
            Frames = frames,
            EnergyWindows = windows,
            Detectors = detectors,
            Rotations = rotations,
            Phases = phases,
            Radionuclide = CameraReading.Radionuclide(dataset, modality, windows),
            Radiopharmaceutical = CameraReading.Radiopharmaceutical(dataset),
            InjectedMegabecquerels = CameraReading.InjectedMegabecquerels(dataset, modality),
            AcquiredAt = PatientReading.Moment(dataset, DicomTag.AcquisitionDate, DicomTag.AcquisitionTime)
                ?? PatientReading.Moment(dataset, DicomTag.SeriesDate, DicomTag.SeriesTime)
                ?? PatientReading.Moment(dataset, DicomTag.StudyDate, DicomTag.StudyTime),
            AcquisitionSeconds = AcquisitionSeconds(kind, frames, frameSeconds),
            CountsAccumulated = dataset.Number(DicomTag.CountsAccumulated) is double counts && counts > 0 ? (long)counts : null,
            Unit = unit,
            UnitText = unitText,
            Scaling = Scaling(dataset, kind, warnings),
            Camera = $"{dataset.Text(DicomTag.Manufacturer)} {dataset.Text(DicomTag.ManufacturerModelName)}".Trim(),
            StudyDescription = dataset.Text(DicomTag.StudyDescription),
            SeriesDescription = seriesDescription,
            ImageId = imageId,
            BodyPart = dataset.Text(DicomTag.BodyPartExamined),
            StudyUid = dataset.Text(DicomTag.StudyInstanceUID),
            SeriesUid = dataset.Text(DicomTag.SeriesInstanceUID),
            InstanceUid = dataset.Text(DicomTag.SOPInstanceUID),
            SpaceUid = dataset.Text(DicomTag.FrameOfReferenceUID),
            InstanceNumber = dataset.Whole(DicomTag.InstanceNumber),
            Patient = patient,
            Identity = identity,
            Warnings = warnings,
        }, format);
    }

    private static void CheckWanted(string modality, ImageKind kind, string file, DicomReadOptions options)
    {
        if (options.Modalities.Count > 0 && !options.Modalities.Contains(modality, StringComparer.OrdinalIgnoreCase))
        {
            throw new DicomReadException(file, SkipReason.WrongModality, $"the modality is {DatasetReading.Code(modality)}, expected {string.Join(" or ", options.Modalities)}: leave the file out or ask for its modality.");
        }

        if (options.Kinds.Count > 0 && !options.Kinds.Contains(kind))
        {
            throw new DicomReadException(file, SkipReason.WrongKind, $"the image is of the kind {kind}, expected {string.Join(" or ", options.Kinds)}: leave the file out or ask for its kind.");
        }
    }

    private static int Extent(DicomDataset dataset, DicomTag tag, string file) =>
        dataset.Whole(tag) is int extent and > 0
            ? extent
            : throw new DicomReadException(file, SkipReason.InconsistentHeader, $"{tag.DictionaryEntry.Name} {tag} is {(dataset.Whole(tag) is int found ? found : "missing")}, expected 1 or more: send the file again from its source.");

    private static int Sections(List<(FrameDimension Dimension, ushort[] Numbers)> vectors, int frames, List<string> warnings)
    {
        ushort[]? slices = vectors.Where(vector => vector.Dimension == FrameDimension.Slice).Select(vector => vector.Numbers).FirstOrDefault();
        if (slices is null)
        {
            return frames;
        }

        int sections = slices.Distinct().Count();
        if (frames % sections == 0)
        {
            return sections;
        }

        warnings.Add($"{frames} frames are not a multiple of the {sections} sections that the Slice Vector counts: they are taken as one stack.");
        return frames;
    }

    private static ImageFrame[] Frames(
        int count,
        ImageKind kind,
        List<(FrameDimension Dimension, ushort[] Numbers)> vectors,
        IReadOnlyList<CameraDetector> detectors,
        IReadOnlyList<CameraRotation> rotations,
        IReadOnlyList<AcquisitionPhase> phases,
        double? frameSeconds,
        string[] texts)
    {
        bool planar = kind is ImageKind.WholeBody or ImageKind.Static or ImageKind.Dynamic or ImageKind.Gated;
        ImageFrame[] frames = new ImageFrame[count];
        for (int i = 0; i < count; i++)
        {
            Dictionary<FrameDimension, int> numbers = new(vectors.Count);
            foreach ((FrameDimension dimension, ushort[] vector) in vectors)
            {
                numbers[dimension] = vector[i];
            }

            DetectorView view = DetectorView.Unknown;
            if (planar)
            {
                view = Item(detectors, numbers.GetValueOrDefault(FrameDimension.Detector, 1))?.View ?? DetectorView.Unknown;
                if (view == DetectorView.Unknown && detectors.Count <= 1)
                {
                    // One detector: what the image is called holds for all its frames.
                    view = texts.Select(CameraReading.ViewFromText).FirstOrDefault(named => named != DetectorView.Unknown);
                }
            }

            double? seconds = kind switch
            {
                ImageKind.Dynamic => Item(phases, numbers.GetValueOrDefault(FrameDimension.Phase, 1))?.SecondsPerFrame ?? frameSeconds,
                ImageKind.Tomo or ImageKind.GatedTomo => Item(rotations, numbers.GetValueOrDefault(FrameDimension.Rotation, 1))?.SecondsPerView ?? frameSeconds,
                ImageKind.WholeBody or ImageKind.Static or ImageKind.Pet => frameSeconds,
                _ => null,
            };
            frames[i] = new(i, numbers, view, seconds > 0 ? seconds : null);
        }

        return frames;
    }

    private static T? Item<T>(IReadOnlyList<T> items, int number)
        where T : class => number >= 1 && number <= items.Count ? items[number - 1] : null;

    // Detectors and energy windows count at the same time, the rest one after the other.
    private static double? AcquisitionSeconds(ImageKind kind, ImageFrame[] frames, double? frameSeconds)
    {
        if (kind is ImageKind.WholeBody or ImageKind.Static or ImageKind.Gated or ImageKind.Pet or ImageKind.SecondaryCapture)
        {
            return frameSeconds > 0 ? frameSeconds : null;
        }

        double seconds = frames.Where(frame => frame[FrameDimension.Detector] == 1 && frame[FrameDimension.EnergyWindow] == 1 && frame[FrameDimension.TimeSlot] == 1).Sum(frame => frame.Seconds ?? 0);
        return seconds > 0 ? seconds : null;
    }

    private static (ImageUnit Unit, string Text) Unit(DicomDataset dataset, string modality)
    {
        switch (modality)
        {
            case "NM":
                return (ImageUnit.Counts, "counts");
            case "CT":
                return (ImageUnit.Hounsfield, "HU");
            case "PT":
                string units = dataset.Text(DicomTag.Units);
                return units switch
                {
                    "BQML" => (ImageUnit.BecquerelPerMillilitre, "Bq/ml"),
                    "CNTS" => (ImageUnit.Counts, "counts"),
                    _ => (ImageUnit.Other, units),
                };
            case "RTDOSE":
                string dose = dataset.Text(DicomTag.DoseUnits);
                return string.Equals(dose, "GY", StringComparison.OrdinalIgnoreCase) ? (ImageUnit.Gray, "Gy") : (ImageUnit.Other, dose);
            default:
                return (ImageUnit.Other, "");
        }
    }

    private static ValueScaling Scaling(DicomDataset dataset, ImageKind kind, List<string> warnings)
    {
        if (kind == ImageKind.Dose)
        {
            if (dataset.Number(DicomTag.DoseGridScaling) is double grid && grid > 0)
            {
                return new(grid, 0, "Dose Grid Scaling");
            }

            warnings.Add("Dose Grid Scaling is missing: values are as stored, not a dose.");
            return ValueScaling.Identity;
        }

        if (CountsMapping(dataset) is ValueScaling counts)
        {
            return counts;
        }

        FunctionalGroups groups = new(dataset);
        if (groups.IsPresent && groups.Rescale(0) is (double frameSlope, double frameIntercept))
        {
            return new(frameSlope, frameIntercept, "Pixel Value Transformation");
        }

        double slope = dataset.Number(DicomTag.RescaleSlope) ?? 1;
        double intercept = dataset.Number(DicomTag.RescaleIntercept) ?? 0;
        if (slope == 0)
        {
            warnings.Add("Rescale Slope is 0: it is ignored.");
            slope = 1;
        }

        return slope == 1 && intercept == 0 ? ValueScaling.Identity : new(slope, intercept, "Rescale Slope");
    }

    // A Real World Value Mapping in the unit {counts} says how counts were fitted into pixels: the NM IOD has no Rescale Slope.
    private static ValueScaling? CountsMapping(DicomDataset dataset)
    {
        foreach (DicomDataset mapping in dataset.Items(DicomTag.RealWorldValueMappingSequence))
        {
            if (string.Equals(mapping.FirstItem(DicomTag.MeasurementUnitsCodeSequence)?.Text(DicomTag.CodeValue), "{counts}", StringComparison.Ordinal)
                && mapping.Number(DicomTag.RealWorldValueSlope) is double slope && slope > 0)
            {
                return new(slope, mapping.Number(DicomTag.RealWorldValueIntercept) ?? 0, "Real World Value Mapping");
            }
        }

        return null;
    }
}

/// <summary>Reads the vectors that say what each frame is (PS3.3 C.8.4.8).</summary>
internal static class FrameIndexing
{
    private static readonly (FrameDimension Dimension, DicomTag Tag)[] s_vectors =
    [
        (FrameDimension.EnergyWindow, DicomTag.EnergyWindowVector),
        (FrameDimension.Detector, DicomTag.DetectorVector),
        (FrameDimension.Phase, DicomTag.PhaseVector),
        (FrameDimension.Rotation, DicomTag.RotationVector),
        (FrameDimension.RRInterval, DicomTag.RRIntervalVector),
        (FrameDimension.TimeSlot, DicomTag.TimeSlotVector),
        (FrameDimension.Slice, DicomTag.SliceVector),
        (FrameDimension.AngularView, DicomTag.AngularViewVector),
        (FrameDimension.TimeSlice, DicomTag.TimeSliceVector),
    ];

    /// <summary>The directions that the Frame Increment Pointer names, slowest first, with the number of every frame in each.</summary>
    public static List<(FrameDimension Dimension, ushort[] Numbers)> Read(DicomDataset dataset, int frames, List<string> warnings)
    {
        List<(FrameDimension, ushort[])> found = [];
        foreach (FrameDimension dimension in Pointed(dataset))
        {
            ushort[] numbers = dataset.Indices(s_vectors[(int)dimension].Tag);
            if (numbers.Length == frames)
            {
                found.Add((dimension, numbers));
            }
            else
            {
                warnings.Add($"The {dimension} vector has {numbers.Length} entries for {frames} frames: it is ignored.");
            }
        }

        return found;
    }

    private static IEnumerable<FrameDimension> Pointed(DicomDataset dataset)
    {
        // fo-dicom turns tags of big-endian files around as whole words: group and element change places. No two vectors are mistaken for each other by it.
        bool isTurned = dataset.InternalTransferSyntax.Endian == Endian.Big;
        HashSet<FrameDimension> seen = [];
        foreach (string pointer in dataset.Texts(DicomTag.FrameIncrementPointer))
        {
            foreach ((FrameDimension dimension, DicomTag tag) in s_vectors)
            {
                if ((Names(pointer, tag.Group, tag.Element) || (isTurned && Names(pointer, tag.Element, tag.Group))) && seen.Add(dimension))
                {
                    yield return dimension;
                }
            }
        }
    }

    private static bool Names(string pointer, ushort first, ushort second) => pointer.Contains($"{first:x4},{second:x4}", StringComparison.OrdinalIgnoreCase);
}

/// <summary>The functional groups of an enhanced multi-frame image: what is shared by all frames, and what each has of its own (PS3.3 C.7.6.16).</summary>
internal sealed class FunctionalGroups
{
    private readonly DicomDataset? _shared;
    private readonly IReadOnlyList<DicomDataset> _perFrame;

    public FunctionalGroups(DicomDataset dataset)
    {
        _shared = dataset.FirstItem(DicomTag.SharedFunctionalGroupsSequence);
        _perFrame = dataset.Items(DicomTag.PerFrameFunctionalGroupsSequence);
    }

    public bool IsPresent => _shared is not null || _perFrame.Count > 0;

    public double[] PixelSpacing(int frame) => Macro(frame, DicomTag.PixelMeasuresSequence)?.Numbers(DicomTag.PixelSpacing) ?? [];

    public double? SliceThickness(int frame) => Macro(frame, DicomTag.PixelMeasuresSequence)?.Number(DicomTag.SliceThickness);

    public Point3? Position(int frame) => Macro(frame, DicomTag.PlanePositionSequence)?.Point(DicomTag.ImagePositionPatient);

    public (Point3 Row, Point3 Column)? Directions(int frame) => Macro(frame, DicomTag.PlaneOrientationSequence)?.Directions(DicomTag.ImageOrientationPatient);

    /// <summary>Slope and intercept of a frame, or null where the groups give none.</summary>
    public (double Slope, double Intercept)? Rescale(int frame)
    {
        DicomDataset? macro = Macro(frame, DicomTag.PixelValueTransformationSequence);
        return macro?.Number(DicomTag.RescaleSlope) is double slope ? (slope, macro.Number(DicomTag.RescaleIntercept) ?? 0) : null;
    }

    private DicomDataset? Macro(int frame, DicomTag sequence) =>
        (frame < _perFrame.Count ? _perFrame[frame].FirstItem(sequence) : null) ?? _shared?.FirstItem(sequence);
}
