using FellowOakDicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>Makes the typed header of a data set.</summary>
internal static class HeaderReading
{
    // What is one number or word by the standard, and decides how an image is understood. Of several slopes or intercepts none is taken, which ScaleReading tells.
    private static readonly DicomTag[] s_single =
    [
        DicomTag.Modality, DicomTag.NumberOfFrames, DicomTag.Units, DicomTag.RescaleType, DicomTag.DoseGridScaling, DicomTag.SliceThickness,
        DicomTag.SpacingBetweenSlices, DicomTag.ActualFrameDuration, DicomTag.PatientAge, DicomTag.PatientSex, DicomTag.PatientWeight, DicomTag.PatientSize, DicomTag.ImageID,
    ];

    /// <summary>The header and the pixel format of a file.</summary>
    /// <exception cref="DicomReadException">The file holds no image, or none that was asked for, or contradicts itself.</exception>
    public static (ImageHeader Header, PixelFormat Format) Read(DicomFile opened, string file, DicomReadOptions options, string? coding = null)
    {
        DicomDataset dataset = opened.Dataset;
        List<string> warnings = [];
        if (coding is not null)
        {
            warnings.Add($"The transfer syntax that the file names is not how its data set is coded, which is {coding}: it was read as it is coded.");
        }

        ImageKind kind = StorageKind.Of(dataset, file, opened.IsPartial, warnings);
        foreach (DicomTag tag in s_single.Where(tag => dataset.Texts(tag).Distinct(StringComparer.Ordinal).Skip(1).Any()))
        {
            warnings.Add($"{tag.DictionaryEntry.Name} {tag} has {dataset.Texts(tag).Length} values that differ where there is one: the first was taken, unless nothing was.");
        }

        string modality = dataset.Text(DicomTag.Modality);
        CheckWanted(modality, kind, file, options);

        int rows = Extent(dataset, DicomTag.Rows, file);
        int columns = Extent(dataset, DicomTag.Columns, file);
        int frameCount = FrameCounting.Read(dataset, file, modality, rows, columns, warnings);
        PixelFormat format = PixelFormat.Read(dataset, file, rows, columns, frameCount, options.MaximumValues, warnings);
        IReadOnlyList<EnergyWindow> windows = CameraReading.EnergyWindows(dataset);
        IReadOnlyList<CameraRotation> rotations = CameraReading.Rotations(dataset);
        IReadOnlyList<AcquisitionPhase> phases = CameraReading.Phases(dataset);
        FrameLayout layout = FrameIndexing.Read(dataset, kind, frameCount, warnings);
        bool isPlanar = kind is ImageKind.WholeBody or ImageKind.Static or ImageKind.Dynamic or ImageKind.Gated;
        int[] used = [.. (FrameLayout.Of(layout.Vectors, FrameDimension.Detector) ?? [1]).Select(number => (int)number).Distinct()];
        IReadOnlyList<CameraDetector> detectors = ViewReading.Read(dataset, CameraReading.Detectors(dataset), used, isPlanar ? warnings : null);
        string imageId = dataset.Text(DicomTag.ImageID);
        string seriesDescription = dataset.Text(DicomTag.SeriesDescription);
        double? frameSeconds = dataset.Number(DicomTag.ActualFrameDuration) / 1000;
        ImageFrame[] frames = Frames(frameCount, kind, layout, detectors, rotations, phases, frameSeconds);
        // What an image is called holds for all its frames where one detector took them: two views in one file have one name.
        bool isNamed = frameCount == 1 || kind is ImageKind.Dynamic or ImageKind.Gated || FrameLayout.Of(layout.Vectors, FrameDimension.Detector) is not null;
        if (isPlanar && used.Length == 1 && isNamed)
        {
            ViewFinding view = ViewReading.WithWords(new(frames[0].View, frames[0].ViewEvidence), [imageId, seriesDescription], warnings);
            frames = [.. frames.Select(frame => frame with { View = view.View, ViewEvidence = view.Evidence })];
        }

        // Two views that contradict themselves stay unknown: an order is assumed only where nothing is said.
        bool isSilent = detectors.All(detector => detector is { View: DetectorView.Unknown, RowDirection: null, StartAngle: null } && ViewWords.Of(detector.ViewName) == DetectorView.Unknown);
        bool isByWindow = FrameLayout.Of(layout.Vectors, FrameDimension.EnergyWindow) is { } ofWindows && FrameIndexing.Distinct(ofWindows) > 1;
        if (kind == ImageKind.WholeBody && isSilent && isByWindow && frames is [{ View: DetectorView.Unknown }, { View: DetectorView.Unknown }])
        {
            warnings.Add("The two frames are told apart by their energy windows: they are no anterior and posterior view, and from where they look the file does not say.");
        }
        else if (kind == ImageKind.WholeBody && isSilent && frames is [{ View: DetectorView.Unknown }, { View: DetectorView.Unknown }])
        {
            warnings.Add("The file does not say from where its two views look: the first was taken as anterior, the second as posterior.");
            frames = [frames[0] with { View = DetectorView.Anterior, ViewEvidence = ViewEvidence.Order }, frames[1] with { View = DetectorView.Posterior, ViewEvidence = ViewEvidence.Order }];
        }

        GeometryReading geometry = GeometryReading.Read(dataset, kind, rows, columns, frameCount, layout, detectors, options.AssumeSpacing, warnings);
        (PatientFacts patient, PatientIdentity identity) = PatientReading.Read(dataset, options.PseudonymKey);
        ScaleReading scale = ScaleReading.Read(dataset, file, kind, modality, format, frameCount, warnings);
        NuclideReading nuclide = NuclideReading.Read(dataset, modality, windows, warnings);
        AcquisitionMoment moment = AcquisitionMoment.Read(dataset);
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
            ImageType = [.. dataset.Texts(DicomTag.ImageType).Select(DatasetReading.Clean).Select(identity.ShownTerm)],
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
            VolumeRefusal = geometry.Refusal,
            Volumes = geometry.Volumes,
            Dimensions = [.. layout.Vectors.Select(vector => vector.Dimension)],
            Frames = frames,
            // What somebody typed at the camera may name the patient.
            EnergyWindows = [.. windows.Select(window => window with { Name = identity.Shown(window.Name) })],
            Detectors = [.. detectors.Select(detector => detector with { Collimator = identity.Shown(detector.Collimator), ViewName = identity.Shown(detector.ViewName) })],
            Rotations = rotations,
            Phases = [.. phases.Select(phase => phase with { Description = identity.Shown(phase.Description) })],
            Radionuclides = nuclide.Found,
            Radiopharmaceutical = identity.Shown(nuclide.Radiopharmaceutical),
            InjectedMegabecquerels = nuclide.InjectedMegabecquerels,
            InjectedAt = nuclide.InjectedAt,
            DecayCorrection = DatasetReading.Code(dataset.Text(DicomTag.DecayCorrection)),
            AcquiredAt = moment.At,
            AcquiredOn = moment.On,
            AcquiredAtEvidence = moment.Evidence,
            AcquisitionSeconds = AcquisitionSeconds(kind, frames, frameSeconds),
            CountsAccumulated = dataset.Number(DicomTag.CountsAccumulated) is double counts && counts > 0 ? (long)counts : null,
            Unit = scale.Unit.Unit,
            UnitText = scale.Unit.Text,
            UnitEvidence = scale.Evidence,
            Scaling = scale.Scales[0].Linear,
            Scales = scale.Scales,
            Camera = identity.Shown($"{dataset.Text(DicomTag.Manufacturer)} {dataset.Text(DicomTag.ManufacturerModelName)}".Trim()),
            StudyDescription = dataset.Text(DicomTag.StudyDescription),
            SeriesDescription = seriesDescription,
            ImageId = imageId,
            BodyPart = identity.ShownTerm(dataset.Text(DicomTag.BodyPartExamined)),
            StudyUid = dataset.Text(DicomTag.StudyInstanceUID),
            AccessionNumber = dataset.Text(DicomTag.AccessionNumber),
            SeriesUid = dataset.Text(DicomTag.SeriesInstanceUID),
            InstanceUid = dataset.Text(DicomTag.SOPInstanceUID),
            SpaceUid = dataset.Text(DicomTag.FrameOfReferenceUID),
            InstanceNumber = dataset.Whole(DicomTag.InstanceNumber),
            SectionsOfVolume = kind == ImageKind.Pet && dataset.Whole(DicomTag.NumberOfSlices) is int announced and > 0 ? announced : null,
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
            : throw new DicomReadException(file, SkipReason.InconsistentHeader, $"{tag.DictionaryEntry.Name} {tag} is {(dataset.Whole(tag) is int found ? found : "missing")}, expected 1 or more: ask its source for another export.");

    private static ImageFrame[] Frames(
        int count,
        ImageKind kind,
        FrameLayout layout,
        IReadOnlyList<CameraDetector> detectors,
        IReadOnlyList<CameraRotation> rotations,
        IReadOnlyList<AcquisitionPhase> phases,
        double? frameSeconds)
    {
        bool planar = kind is ImageKind.WholeBody or ImageKind.Static or ImageKind.Dynamic or ImageKind.Gated;
        ImageFrame[] frames = new ImageFrame[count];
        for (int i = 0; i < count; i++)
        {
            FrameNumbers numbers = new(layout.Vectors, i);
            CameraDetector? detector = planar ? Item(detectors, numbers.GetValueOrDefault(FrameDimension.Detector, 1)) : null;
            double? seconds = kind switch
            {
                ImageKind.Dynamic when !layout.PhasesAreKnown => null,
                ImageKind.Dynamic => Item(phases, numbers.GetValueOrDefault(FrameDimension.Phase, 1))?.SecondsPerFrame ?? frameSeconds,
                ImageKind.Tomo or ImageKind.GatedTomo => Item(rotations, numbers.GetValueOrDefault(FrameDimension.Rotation, 1))?.SecondsPerView ?? frameSeconds,
                ImageKind.WholeBody or ImageKind.Static or ImageKind.Pet => frameSeconds,
                _ => null,
            };
            frames[i] = new(i, numbers, detector?.View ?? DetectorView.Unknown, seconds > 0 ? seconds : null) { ViewEvidence = detector?.ViewEvidence ?? ViewEvidence.None };
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

        // Whichever of them the file holds: that of the second detector alone is as long.
        ReadOnlySpan<FrameDimension> atOnce = [FrameDimension.Detector, FrameDimension.EnergyWindow, FrameDimension.TimeSlot, FrameDimension.RRInterval];
        double seconds = 0;
        foreach (ImageFrame frame in frames)
        {
            bool isAfter = frame.Seconds is not null;
            foreach (FrameDimension dimension in atOnce)
            {
                isAfter = isAfter && frame[dimension] == frames[0][dimension];
            }

            seconds += isAfter ? frame.Seconds!.Value : 0;
        }

        return seconds > 0 ? seconds : null;
    }
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

    /// <summary>Whether it is these groups that say where frames lie: empty ones are there beside a header that says it as well.</summary>
    public bool ArePlaced(DicomDataset dataset) =>
        IsPresent && (Position(0) is not null || Directions(0) is not null || dataset.Directions(DicomTag.ImageOrientationPatient) is null);

    public double[] PixelSpacing(int frame) => Macro(frame, DicomTag.PixelMeasuresSequence)?.Numbers(DicomTag.PixelSpacing) ?? [];

    public double? SliceThickness(int frame) => Macro(frame, DicomTag.PixelMeasuresSequence)?.Number(DicomTag.SliceThickness);

    public Point3? Position(int frame) => Macro(frame, DicomTag.PlanePositionSequence)?.Point(DicomTag.ImagePositionPatient);

    public (Point3 Row, Point3 Column)? Directions(int frame) => Macro(frame, DicomTag.PlaneOrientationSequence)?.Directions(DicomTag.ImageOrientationPatient);

    /// <summary>Whether frames may have scales of their own.</summary>
    public bool HasScales => _perFrame.Any(frame => frame.Contains(DicomTag.PixelValueTransformationSequence) || frame.Contains(DicomTag.RealWorldValueMappingSequence));

    /// <summary>What makes values of a frame's pixels, or null where the groups say nothing of it.</summary>
    public DicomDataset? Transformation(int frame) =>
        Macro(frame, DicomTag.PixelValueTransformationSequence) is DicomDataset macro && macro.Contains(DicomTag.RescaleSlope) ? macro : null;

    /// <summary>The Real World Value Mappings of a frame; none where the groups have none.</summary>
    public IReadOnlyList<DicomDataset> Mappings(int frame) =>
        frame < _perFrame.Count && _perFrame[frame].Items(DicomTag.RealWorldValueMappingSequence) is { Count: > 0 } own ? own : _shared?.Items(DicomTag.RealWorldValueMappingSequence) ?? [];

    private DicomDataset? Macro(int frame, DicomTag sequence) =>
        (frame < _perFrame.Count ? _perFrame[frame].FirstItem(sequence) : null) ?? _shared?.FirstItem(sequence);
}
