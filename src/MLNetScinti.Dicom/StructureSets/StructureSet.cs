using System.ComponentModel;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom.StructureSets;

/// <summary>What a contour is (PS3.3 C.8.8.6.1, C.8.8.6.3).</summary>
public enum ContourKind
{
    /// <summary>A closed line in a plane: CLOSED_PLANAR. Several of one region and plane enclose what any of them does.</summary>
    ClosedPlanar,

    /// <summary>A closed line in a plane: CLOSEDPLANAR_XOR. Several of one region and plane enclose what an odd number of them does.</summary>
    ClosedPlanarExclusiveOr,

    /// <summary>A point or an open line, which encloses nothing.</summary>
    Open,
}

/// <summary>A contour of a region.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Points">Its points, mm in DICOM patient coordinates; the last one is joined to the first.</param>
/// <param name="ImageUid">The image that it was drawn on; empty where it does not say.</param>
/// <param name="Frame">The frame of that image, from 1, or null.</param>
public sealed record RoiContour(ContourKind Kind, IReadOnlyList<Point3> Points, string ImageUid, int? Frame)
{
    internal const string ClosedTerm = "CLOSED_PLANAR", ExclusiveOrTerm = "CLOSEDPLANAR_XOR";
}

/// <summary>A region of interest of a structure set.</summary>
/// <param name="Number">ROI Number.</param>
/// <param name="Name">ROI Name.</param>
public sealed record RegionOfInterest(int Number, string Name)
{
    /// <summary>What stands before the Tracking UID in the ROI Description: workstations keep texts that they do not know better than attributes.</summary>
    internal const string TrackingWord = "Tracking UID";

    /// <summary>The identifier of its finding in all objects; empty where it has none.</summary>
    [Browsable(false)]
    public string TrackingUid { get; init; } = "";

    /// <summary>Frame of Reference UID of its contours: regions of one structure set may lie in different coordinates. Empty where neither it nor the set says which.</summary>
    [Browsable(false)]
    public string SpaceUid { get; init; } = "";

    /// <summary>Who or what made it, or null where the file does not say.</summary>
    public GenerationKind? Kind { get; init; }

    /// <summary>The algorithm that made it, or null.</summary>
    public AlgorithmIdentity? Algorithm { get; init; }

    /// <summary>What it is, or null.</summary>
    public CodedConcept? Type { get; init; }

    /// <summary>RT ROI Interpreted Type ("ORGAN"); empty where it is not said.</summary>
    public string InterpretedType { get; init; } = "";

    /// <summary>The colour in which viewers draw it, or null.</summary>
    public (byte Red, byte Green, byte Blue)? Colour { get; init; }

    /// <summary>ROI Volume as the file says it, ml, or null.</summary>
    public double? StatedMillilitres { get; init; }

    /// <summary>Its contours, in the file's order.</summary>
    public IReadOnlyList<RoiContour> Contours { get; init; } = [];

    /// <summary>The planes of its closed contours; null where it has none that enclose anything.</summary>
    public ContourPlane? Plane { get; init; }

    /// <summary>Its closed contours.</summary>
    public IEnumerable<RoiContour> Closed => Contours.Where(contour => contour.Kind != ContourKind.Open);

    /// <summary>How its contours are combined: by exclusive disjunction where they say so.</summary>
    public PolygonCombination Combination => Closed.Any(contour => contour.Kind == ContourKind.ClosedPlanarExclusiveOr) ? PolygonCombination.ExclusiveOr : PolygonCombination.Union;
}

/// <summary>An RT Structure Set as it was read.</summary>
public sealed record StructureSet
{
    internal StructureSet()
    {
    }

    /// <summary>The file.</summary>
    [Browsable(false)]
    public required string File { get; init; }

    /// <summary>SOP Instance UID.</summary>
    [Browsable(false)]
    public required string InstanceUid { get; init; }

    /// <summary>The structure sets that it was made from: workstations give what they changed an identifier of its own, and name the one before.</summary>
    [Browsable(false)]
    public IReadOnlyList<string> PredecessorUids { get; init; } = [];

    /// <summary>Structure Set Label.</summary>
    public string Label { get; init; } = "";

    /// <summary>The frames of reference that it names, each once: of one there are usually, of several where it was drawn on images in different coordinates.</summary>
    [Browsable(false)]
    public IReadOnlyList<string> SpaceUids { get; init; } = [];

    /// <summary>The images that it says it was made on, by SOP Instance UID.</summary>
    [Browsable(false)]
    public IReadOnlyList<string> ImageUids { get; init; } = [];

    /// <summary>What may be known about the patient.</summary>
    public required PatientFacts Patient { get; init; }

    /// <summary>The regions, in the file's order.</summary>
    public required IReadOnlyList<RegionOfInterest> Regions { get; init; }

    /// <summary>What a careful reader would want to know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
