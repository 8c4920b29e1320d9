using System.ComponentModel;
using MLNetScinti.Dicom.Segmentations;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom.Reports;

/// <summary>A 95 % interval, in the unit of its measurement.</summary>
/// <param name="Low">Its lower bound.</param>
/// <param name="High">Its upper bound.</param>
public readonly record struct ReportedInterval(double Low, double High);

/// <summary>A measurement of a structure (PS3.16 TID 300).</summary>
/// <param name="Concept">What was measured.</param>
/// <param name="Value">The value, in the unit.</param>
/// <param name="Unit">The unit (UCUM).</param>
public sealed record Measurement(CodedConcept Concept, double Value, CodedConcept Unit)
{
    /// <summary>Volume (PS3.16 CID 7471).</summary>
    public static CodedConcept VolumeConcept { get; } = new("118565006", "SCT", "Volume");

    /// <summary>Mean absorbed dose (PS3.16 annex D).</summary>
    public static CodedConcept DoseConcept { get; } = new("128533", "DCM", "Mean Absorbed Radiation Dose");

    /// <summary>Activity in a volume, for which the standard has no code.</summary>
    public static CodedConcept ActivityConcept { get; } = new("ACT001", Scheme, "Activity in volume");

    internal static readonly CodedConcept LowerBound = new("CI95L", Scheme, "Lower bound of 95 % interval"), UpperBound = new("CI95U", Scheme, "Upper bound of 95 % interval");

    internal const string Scheme = "99MLNETSCINTI";

    /// <summary>Its 95 % interval, or null.</summary>
    public ReportedInterval? Interval { get; init; }

    /// <summary>What measured it; null for the algorithm of the whole report.</summary>
    public AlgorithmIdentity? Algorithm { get; init; }

    /// <summary>A volume in ml.</summary>
    public static Measurement Volume(double millilitres, ReportedInterval? interval = null) => new(VolumeConcept, millilitres, new("ml", "UCUM", "milliliter")) { Interval = interval };

    /// <summary>A mean absorbed dose in Gy.</summary>
    public static Measurement MeanAbsorbedDose(double gray, ReportedInterval? interval = null) => new(DoseConcept, gray, new("Gy", "UCUM", "Gray")) { Interval = interval };

    /// <summary>An activity in MBq.</summary>
    public static Measurement Activity(double megabecquerels, ReportedInterval? interval = null) => new(ActivityConcept, megabecquerels, new("MBq", "UCUM", "megabecquerel")) { Interval = interval };
}

/// <summary>A structure and what was measured of it.</summary>
/// <param name="Name">Its name (Tracking Identifier).</param>
/// <param name="TrackingUid">The identifier of its finding in all objects.</param>
/// <param name="SegmentNumber">Its segment in the segmentation that the report refers to.</param>
public sealed record MeasuredStructure(string Name, [property: Browsable(false)] string TrackingUid, int SegmentNumber)
{
    /// <summary>What it is, or null.</summary>
    public CodedConcept? Type { get; init; }

    /// <summary>The side of the body, or null.</summary>
    public BodySide? Side { get; init; }

    /// <summary>The measurements.</summary>
    public IReadOnlyList<Measurement> Measurements { get; init; } = [];

    /// <summary>A structure as a segmentation was written of it.</summary>
    public static MeasuredStructure Of(DerivedStructure structure, WrittenSegment segment, params IReadOnlyList<Measurement> measurements)
    {
        ArgumentNullException.ThrowIfNull(structure);
        ArgumentNullException.ThrowIfNull(segment);
        return new(structure.Name, segment.TrackingUid, segment.Number) { Type = structure.Type, Side = structure.Side, Measurements = measurements };
    }
}
