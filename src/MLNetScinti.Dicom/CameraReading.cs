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

    /// <summary>The view that a text names in one of the usual ways ("POSTERIOR_H2", "ANT WB", "RAO"), or unknown.</summary>
    public static DetectorView ViewFromText(string text)
    {
        string[] tokens = text.ToUpperInvariant().Split([' ', '_', '-', '/', '.', '^', ',', ';', '(', ')', '[', ']'], StringSplitOptions.RemoveEmptyEntries);
        if (tokens.Contains("ANTERO", StringComparer.Ordinal) || tokens.Contains("POSTERO", StringComparer.Ordinal))
        {
            return DetectorView.Unknown;
        }

        foreach (string token in tokens)
        {
            switch (token)
            {
                case "ANT" or "ANTERIOR" or "ANTERIEUR":
                    return DetectorView.Anterior;
                case "POST" or "POSTERIOR" or "POSTERIEUR":
                    return DetectorView.Posterior;
                case "LLAT" or "LL":
                    return DetectorView.LeftLateral;
                case "RLAT" or "RL":
                    return DetectorView.RightLateral;
                case "RAO" or "LAO" or "RPO" or "LPO" or "OBLIQUE" or "OBL":
                    return DetectorView.Oblique;
            }
        }

        return DetectorView.Unknown;
    }

    private static EnergyRange? Range(DicomDataset item) =>
        item.Number(DicomTag.EnergyWindowLowerLimit) is double lower && item.Number(DicomTag.EnergyWindowUpperLimit) is double upper ? new EnergyRange(lower, upper) : null;

    private static CameraDetector Detector(DicomDataset item, int index)
    {
        (Point3 Row, Point3 Column)? directions = item.Directions(DicomTag.ImageOrientationPatient);
        double? angle = item.Number(DicomTag.StartAngle);
        DicomDataset? code = item.FirstItem(DicomTag.ViewCodeSequence);
        string name = code?.Text(DicomTag.CodeMeaning) ?? "";
        DetectorView view = ViewFromCode(code?.Text(DicomTag.CodeValue) ?? "");
        if (view == DetectorView.Unknown)
        {
            view = ViewFromText(name);
        }

        if (view == DetectorView.Unknown && directions is (Point3 row, Point3 column))
        {
            view = ViewFromDirection(row.Cross(column));
        }

        if (view == DetectorView.Unknown && angle is double degrees)
        {
            // 0 degrees is at the patient's back, 90 at the left side (PS3.3 table C.8-11, Start Angle).
            double radians = degrees * Math.PI / 180;
            view = ViewFromDirection(new Point3(-Math.Sin(radians), -Math.Cos(radians), 0));
        }

        return new CameraDetector(index + 1)
        {
            Collimator = item.Text(DicomTag.CollimatorGridName),
            CollimatorType = item.Text(DicomTag.CollimatorType),
            Position = item.Point(DicomTag.ImagePositionPatient),
            RowDirection = directions?.Row,
            ColumnDirection = directions?.Column,
            StartAngle = angle,
            RadialPosition = item.Number(DicomTag.RadialPosition),
            Zoom = item.Number(DicomTag.ZoomFactor),
            View = view,
            ViewName = name,
        };
    }

    // PS3.16 CID 26. Its retired Antero-posterior and Postero-anterior are left out: they do not say on which side the detector was.
    private static DetectorView ViewFromCode(string code) => code switch
    {
        "G-5215" => DetectorView.Anterior,
        "G-5216" => DetectorView.Posterior,
        "G-5223" => DetectorView.LeftLateral,
        "G-5222" => DetectorView.RightLateral,
        "G-5206" or "G-5207" or "G-5208" or "G-5209" => DetectorView.Oblique,
        _ => DetectorView.Unknown,
    };

    // The direction in which the viewer looks: into the image, which is row direction times column direction.
    private static DetectorView ViewFromDirection(Point3 into)
    {
        const double oblique = 0.9659; // cos 15 degrees
        return into switch
        {
            { Y: > oblique } => DetectorView.Anterior,
            { Y: < -oblique } => DetectorView.Posterior,
            { X: < -oblique } => DetectorView.LeftLateral,
            { X: > oblique } => DetectorView.RightLateral,
            { Z: > -0.5 and < 0.5 } => DetectorView.Oblique,
            _ => DetectorView.Unknown,
        };
    }
}
