using FellowOakDicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

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
