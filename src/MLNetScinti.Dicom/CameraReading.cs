using FellowOakDicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>Reads how a gamma camera acquired: energy windows, radiopharmaceutical, detectors, rotations, phases (PS3.3 C.8.4.10 to C.8.4.14).</summary>
internal static class CameraReading
{
    public static IReadOnlyList<EnergyWindow> EnergyWindows(DicomDataset dataset) =>
    [
        .. dataset.Items(DicomTag.EnergyWindowInformationSequence).Select((item, index) => new EnergyWindow(
            index + 1,
            item.Text(DicomTag.EnergyWindowName),
            [.. item.Items(DicomTag.EnergyWindowRangeSequence).Select(Range).OfType<EnergyRange>()])),
    ];

    public static IReadOnlyList<CameraDetector> Detectors(DicomDataset dataset) =>
        [.. dataset.Items(DicomTag.DetectorInformationSequence).Select(Detector)];

    public static IReadOnlyList<CameraRotation> Rotations(DicomDataset dataset) =>
    [
        .. dataset.Items(DicomTag.RotationInformationSequence).Select((item, index) => new CameraRotation(
            index + 1,
            item.Number(DicomTag.StartAngle),
            item.Number(DicomTag.AngularStep),
            item.Number(DicomTag.ScanArc),
            item.Text(DicomTag.RotationDirection) switch { "CW" => true, "CC" => false, _ => null },
            item.Number(DicomTag.ActualFrameDuration) / 1000,
            item.Whole(DicomTag.NumberOfFramesInRotation),
            item.Numbers(DicomTag.RadialPosition))),
    ];

    public static IReadOnlyList<AcquisitionPhase> Phases(DicomDataset dataset) =>
    [
        .. dataset.Items(DicomTag.PhaseInformationSequence).Select((item, index) => new AcquisitionPhase(
            index + 1,
            item.Whole(DicomTag.NumberOfFramesInPhase),
            item.Number(DicomTag.ActualFrameDuration) / 1000,
            item.Number(DicomTag.PhaseDelay) / 1000,
            item.Number(DicomTag.PauseBetweenFrames) / 1000,
            item.Text(DicomTag.PhaseDescription))),
    ];

    private static EnergyRange? Range(DicomDataset item) =>
        item.Number(DicomTag.EnergyWindowLowerLimit) is double lower && item.Number(DicomTag.EnergyWindowUpperLimit) is double upper ? new EnergyRange(lower, upper) : null;

    private static CameraDetector Detector(DicomDataset item, int index)
    {
        (Point3 Row, Point3 Column)? directions = item.Directions(DicomTag.ImageOrientationPatient);
        return new CameraDetector(index + 1)
        {
            Collimator = item.Text(DicomTag.CollimatorGridName),
            CollimatorType = item.Text(DicomTag.CollimatorType),
            Position = item.Point(DicomTag.ImagePositionPatient),
            RowDirection = directions?.Row,
            ColumnDirection = directions?.Column,
            StartAngle = item.Number(DicomTag.StartAngle),
            RadialPosition = item.Number(DicomTag.RadialPosition),
            Zoom = item.Number(DicomTag.ZoomFactor),
            ViewName = item.FirstItem(DicomTag.ViewCodeSequence)?.Text(DicomTag.CodeMeaning) ?? "",
        };
    }
}
