using System.ComponentModel;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>Everything that a file says about its image, but for the pixels.</summary>
/// <remarks>It names no patient: <see cref="Identity"/> keeps that to itself until asked.</remarks>
public sealed record ImageHeader
{
    /// <summary>The file.</summary>
    [Browsable(false)]
    public required string File { get; init; }

    /// <summary>What the image is.</summary>
    public required ImageKind Kind { get; init; }

    /// <summary>Modality as the file has it ("NM").</summary>
    public required string Modality { get; init; }

    /// <summary>Name of the SOP class ("Nuclear Medicine Image Storage").</summary>
    public string StorageClass { get; init; } = "";

    /// <summary>Values of Image Type.</summary>
    public IReadOnlyList<string> ImageType { get; init; } = [];

    /// <summary>Name of the transfer syntax.</summary>
    public string TransferSyntax { get; init; } = "";

    /// <summary>Whether the pixels went through a lossy compression at any time.</summary>
    public bool IsLossy { get; init; }

    /// <summary>Number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>Number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Millimetres between columns; 1 where <see cref="SpacingIsAssumed"/>.</summary>
    public double ColumnSpacing { get; init; } = 1;

    /// <summary>Millimetres between rows; 1 where <see cref="SpacingIsAssumed"/>.</summary>
    public double RowSpacing { get; init; } = 1;

    /// <summary>Whether the file gives no pixel size that is one; <see cref="GeometryNote"/> says what is wrong with it.</summary>
    public bool SpacingIsAssumed { get; init; }

    /// <summary>Slice Thickness in mm, or null.</summary>
    public double? SliceThickness { get; init; }

    /// <summary>Spacing Between Slices in mm with its sign, or null: negative where sections follow each other against the cross product of row and column direction (PS3.3 C.8.4.15).</summary>
    public double? SpacingBetweenSlices { get; init; }

    /// <summary>Where the sections of a volume are; null for planar images and projections.</summary>
    public ImageGeometry? Geometry { get; init; }

    /// <summary>Whether some of the geometry is not in the file; <see cref="GeometryNote"/> says what was assumed.</summary>
    public bool GeometryIsAssumed { get; init; }

    /// <summary>What was assumed about the geometry and why; empty where nothing was.</summary>
    public string GeometryNote { get; init; } = "";

    /// <summary>Why frames that are sections make no volume; empty where they do, and where frames are not sections.</summary>
    public string VolumeRefusal { get; init; } = "";

    /// <summary>The frames, from 0, of each volume in the order of its sections; empty where frames are not sections, or make no volume.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Volumes { get; init; } = [];

    /// <summary>Directions that the frames are counted in, the slowest first.</summary>
    public IReadOnlyList<FrameDimension> Dimensions { get; init; } = [];

    /// <summary>The frames in the file's order.</summary>
    public required IReadOnlyList<ImageFrame> Frames { get; init; }

    /// <summary>Energy windows.</summary>
    public IReadOnlyList<EnergyWindow> EnergyWindows { get; init; } = [];

    /// <summary>Detectors.</summary>
    public IReadOnlyList<CameraDetector> Detectors { get; init; } = [];

    /// <summary>Rotations of a tomographic acquisition.</summary>
    public IReadOnlyList<CameraRotation> Rotations { get; init; } = [];

    /// <summary>Phases of a dynamic acquisition.</summary>
    public IReadOnlyList<AcquisitionPhase> Phases { get; init; } = [];

    /// <summary>The radionuclides that the file speaks of or its energy windows tell; several where two were imaged together.</summary>
    public IReadOnlyList<RadionuclideFinding> Radionuclides { get; init; } = [];

    /// <summary>The radionuclide, or null where nothing tells, or there are several.</summary>
    public RadionuclideFinding? Radionuclide => Radionuclides is [RadionuclideFinding only] ? only : null;

    /// <summary>Name of the radiopharmaceutical; empty where there is none.</summary>
    public string Radiopharmaceutical { get; init; } = "";

    /// <summary>Injected activity in MBq, or null.</summary>
    public double? InjectedMegabecquerels { get; init; }

    /// <summary>When it was injected, where the file gives day and time (Radiopharmaceutical Start DateTime (0018,1078)); a time alone does not tell which day.</summary>
    public DateTime? InjectedAt { get; init; }

    /// <summary>To which moment values are corrected for decay (Decay Correction (0054,1102)): "NONE", "START" or "ADMIN"; empty where the file does not say.</summary>
    public string DecayCorrection { get; init; } = "";

    /// <summary>When the acquisition began, in the camera's time; null where the file lacks the day or the time.</summary>
    public DateTime? AcquiredAt { get; init; }

    /// <summary>The day on which the acquisition began, or null; it may be known where the time is not.</summary>
    public DateOnly? AcquiredOn { get; init; }

    /// <summary>How it is known when the acquisition began: who computes with that time tells where it is a guess.</summary>
    public MomentEvidence AcquiredAtEvidence { get; init; }

    /// <summary>Acquisition time over all frames in seconds, or null where the file does not say.</summary>
    public double? AcquisitionSeconds { get; init; }

    /// <summary>Counts Accumulated as the file has it, or null.</summary>
    public long? CountsAccumulated { get; init; }

    /// <summary>What the values count.</summary>
    public ImageUnit Unit { get; init; }

    /// <summary>What to call the unit; empty where there is none.</summary>
    public string UnitText { get; init; } = "";

    /// <summary>How it is known what the values count.</summary>
    public UnitEvidence UnitEvidence { get; init; }

    /// <summary>How the reader makes values of stored pixels.</summary>
    public ValueScaling Scaling { get; init; } = ValueScaling.Identity;

    /// <summary>How each frame's pixels become values: one entry for all frames, or one for each.</summary>
    internal IReadOnlyList<PixelScale> Scales { get; init; } = [PixelScale.Identity];

    /// <summary>Manufacturer and model.</summary>
    public string Camera { get; init; } = "";

    /// <summary>Study Description.</summary>
    [Browsable(false)]
    public string StudyDescription { get; init; } = "";

    /// <summary>Series Description.</summary>
    [Browsable(false)]
    public string SeriesDescription { get; init; } = "";

    /// <summary>Image ID.</summary>
    [Browsable(false)]
    public string ImageId { get; init; } = "";

    /// <summary>Body Part Examined.</summary>
    public string BodyPart { get; init; } = "";

    /// <summary>Study Instance UID.</summary>
    [Browsable(false)]
    public string StudyUid { get; init; } = "";

    /// <summary>Accession Number: the number of the examination in the hospital's books.</summary>
    [Browsable(false)]
    public string AccessionNumber { get; init; } = "";

    /// <summary>Series Instance UID.</summary>
    [Browsable(false)]
    public string SeriesUid { get; init; } = "";

    /// <summary>SOP Instance UID.</summary>
    [Browsable(false)]
    public string InstanceUid { get; init; } = "";

    /// <summary>Frame Of Reference UID.</summary>
    [Browsable(false)]
    public string SpaceUid { get; init; } = "";

    /// <summary>Instance Number, or null.</summary>
    public int? InstanceNumber { get; init; }

    /// <summary>Of PET: how many sections the volume has that this one belongs to, Number of Slices (0054,0081); null where it is not said.</summary>
    public int? SectionsOfVolume { get; init; }

    /// <summary>What may be known about the patient.</summary>
    public required PatientFacts Patient { get; init; }

    /// <summary>Who the patient is.</summary>
    public required PatientIdentity Identity { get; init; }

    /// <summary>What a careful reader would want to know before using the image.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What the image is, and nothing of whose.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Modality} {Kind}, {Columns} x {Rows} x {Frames.Count}");

    /// <summary>Number of values of the image.</summary>
    public long ValueCount => (long)Frames.Count * Rows * Columns;

    /// <summary>Whether the frames are sections of a volume.</summary>
    public bool IsVolume => Kind is ImageKind.ReconTomo or ImageKind.ReconGatedTomo or ImageKind.Pet or ImageKind.Ct or ImageKind.Dose;
}

/// <summary>What an image is: for Nuclear Medicine the third value of Image Type (PS3.3 C.8.4.9.1.1).</summary>
public enum ImageKind
{
    /// <summary>A whole-body scan: one long planar view for each detector.</summary>
    WholeBody,

    /// <summary>Planar views, each counted for some time.</summary>
    Static,

    /// <summary>Planar views one after the other in time.</summary>
    Dynamic,

    /// <summary>Planar views sorted by the phase of the heartbeat or of breathing.</summary>
    Gated,

    /// <summary>Projections of a tomographic acquisition, one for each angle.</summary>
    Tomo,

    /// <summary>Projections of a tomographic acquisition, sorted by phase as well.</summary>
    GatedTomo,

    /// <summary>Reconstructed sections.</summary>
    ReconTomo,

    /// <summary>Reconstructed sections for each phase.</summary>
    ReconGatedTomo,

    /// <summary>Sections of a PET scan.</summary>
    Pet,

    /// <summary>Sections of a CT scan.</summary>
    Ct,

    /// <summary>A radiation dose grid.</summary>
    Dose,

    /// <summary>A grey-scale picture that says nothing more about itself.</summary>
    SecondaryCapture,
}

/// <summary>How values come from stored pixels: value = stored x Slope + Intercept.</summary>
/// <param name="Slope">The slope.</param>
/// <param name="Intercept">The intercept.</param>
/// <param name="Source">Where the file says so: "Rescale Slope", "Dose Grid Scaling", "Real World Value Mapping", "Modality LUT", or empty for the identity.</param>
public readonly record struct ValueScaling(double Slope, double Intercept, string Source)
{
    /// <summary>Values are what is stored.</summary>
    public static ValueScaling Identity { get; } = new(1, 0, "");

    /// <summary>Whether values are what is stored.</summary>
    public bool IsIdentity => Slope == 1 && Intercept == 0;
}

/// <summary>One frame of an image: where it stands in each of the directions that the file counts in.</summary>
/// <param name="Index">Its place in the file, from 0.</param>
/// <param name="Numbers">Its number, from 1, in each direction that the file counts in.</param>
/// <param name="View">From where a planar frame looks at the patient.</param>
/// <param name="Seconds">How long it was counted, or null where the file does not say.</param>
public sealed record ImageFrame(int Index, IReadOnlyDictionary<FrameDimension, int> Numbers, DetectorView View, double? Seconds)
{
    /// <summary>Its number in a direction, or 1 where the file does not count in that direction.</summary>
    public int this[FrameDimension dimension] => Numbers.GetValueOrDefault(dimension, 1);

    /// <summary>What says from where it looks.</summary>
    public ViewEvidence ViewEvidence { get; init; }

    /// <summary>Whether the view is a guess: from words that people wrote, or from the usual order.</summary>
    public bool ViewIsGuessed => ViewEvidence is ViewEvidence.Words or ViewEvidence.Order;
}

/// <summary>A direction in which the frames of a Nuclear Medicine image are counted (PS3.3 table C.8-7).</summary>
public enum FrameDimension
{
    /// <summary>Energy window (0054,0010).</summary>
    EnergyWindow,

    /// <summary>Detector (0054,0020).</summary>
    Detector,

    /// <summary>Phase of a dynamic acquisition (0054,0030).</summary>
    Phase,

    /// <summary>Rotation of the detectors (0054,0050).</summary>
    Rotation,

    /// <summary>R-R interval of the heart (0054,0060).</summary>
    RRInterval,

    /// <summary>Time slot within the heart's cycle (0054,0070).</summary>
    TimeSlot,

    /// <summary>Reconstructed section (0054,0080).</summary>
    Slice,

    /// <summary>Angular view of a tomographic acquisition (0054,0090).</summary>
    AngularView,

    /// <summary>Time slice of a dynamic acquisition (0054,0100).</summary>
    TimeSlice,
}
