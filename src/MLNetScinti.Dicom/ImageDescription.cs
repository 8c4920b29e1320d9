using System.Globalization;
using System.Text;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>What an image is, in the words of a nuclear-medicine physicist.</summary>
/// <param name="Facts">Names and values, in the order in which to show them.</param>
/// <param name="Warnings">What to know before using the image.</param>
public sealed record ImageDescription(IReadOnlyList<(string Name, string Value)> Facts, IReadOnlyList<string> Warnings)
{
    /// <summary>Describes an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="withIdentity">
    /// Whether to tell who the patient is, when the scan was, and the free texts, in which people write names too.
    /// </param>
    public static ImageDescription Of(ScintigraphyImage image, bool withIdentity = false)
    {
        ImageHeader header = image.Header;
        List<(string, string)> facts = [];
        void Say(string name, string value)
        {
            if (value.Length > 0)
            {
                facts.Add((name, value));
            }
        }

        Say("Image", What(header));
        Say("Stored as", $"{header.StorageClass}, {header.TransferSyntax.Split(':')[0]}{(header.IsLossy ? ", lossy" : "")}");
        Say("Camera", header.Camera);
        Say("Patient", Patient(header.Patient));
        if (withIdentity)
        {
            (string id, string name, string birthDate) = header.Identity.Reveal();
            Say("Identity", string.Join(", ", new[] { name, id, birthDate }.Where(text => text.Length > 0)));
            Say("Acquired", header.AcquiredAt is { } acquired ? acquired.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + (header.AcquiredAtEvidence == MomentEvidence.Guessed ? " (a guess)" : "")
                : header.AcquiredOn is { } day ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ", at no time that the file gives" : "");
            Say("Texts", string.Join(" / ", new[] { header.StudyDescription, header.SeriesDescription, header.ImageId }.Where(text => text.Length > 0)));
        }

        Say("Body part", header.BodyPart);
        // What was given is in the file's own words, and no radionuclide for all that it may say.
        Say(header.Radionuclides.Count > 0 ? "Radionuclide" : "Radiopharmaceutical", Nuclide(header));
        foreach (EnergyWindow window in header.EnergyWindows)
        {
            Say(header.EnergyWindows.Count == 1 ? "Energy window" : Text($"Energy window {window.Number}"), Window(window));
        }

        Say("Collimator", string.Join(", ", header.Detectors.Select(detector => $"{detector.Collimator} {Collimator(detector.CollimatorType)}".Trim()).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal)));
        Say("Matrix", Matrix(header));
        Say("Frames", Frames(header));
        Say("Views", Views(header));
        foreach (CameraRotation rotation in header.Rotations)
        {
            Say(header.Rotations.Count == 1 ? "Rotation" : Text($"Rotation {rotation.Number}"), Rotation(rotation));
        }

        foreach (AcquisitionPhase phase in header.Phases)
        {
            Say(header.Phases.Count == 1 ? "Phase" : Text($"Phase {phase.Number}"), Phase(phase));
        }

        if (header.Geometry is ImageGeometry geometry)
        {
            Say("Orientation", Orientation(geometry));
            Say("First voxel at", Text($"{geometry.Origin.X:0.##}, {geometry.Origin.Y:0.##}, {geometry.Origin.Z:0.##} mm (left, back, head){(header.GeometryIsAssumed ? ", assumed" : "")}"));
            Say("Stacking", header.SpacingBetweenSlices is double spacing && header.Kind is ImageKind.ReconTomo or ImageKind.ReconGatedTomo
                ? Text($"Spacing Between Slices {header.SpacingBetweenSlices:0.###} mm: sections follow each other {(header.SpacingBetweenSlices < 0 ? "against" : "along")} row x column")
                : "");
        }

        Say("Duration", header.AcquisitionSeconds is double seconds ? Duration(seconds) : "");
        Say("Values", Values(image));
        Say("Count rate", header is { Unit: ImageUnit.Counts, AcquisitionSeconds: double time, IsVolume: false } ? Text($"{image.Total / time / 1000:0.###} kcounts/s over all detectors") : "");
        Say("Scaling", header.Scales[0].Table is ValueTable table ? Text($"value = entry of a table of {table.Values.Length} ({header.Scaling.Source})") : header.Scaling.IsIdentity ? "" : Text($"value = stored x {header.Scaling.Slope:G6}{(header.Scaling.Intercept == 0 ? "" : Text($" {(header.Scaling.Intercept < 0 ? "-" : "+")} {Math.Abs(header.Scaling.Intercept):G6}"))} ({(header.Scaling.Source.Length > 0 ? header.Scaling.Source : "the file does not say by what")}{(header.Scales.Count > 1 ? "; frame 1, others have their own" : "")})"));
        Say("Padding", image.PaddedPixels == 0 ? "" : Text($"{image.PaddedPixels} pixels outside the field of view"));
        return new ImageDescription(facts, image.AllWarnings);
    }

    /// <summary>One line for each fact and each warning, names aligned.</summary>
    public override string ToString()
    {
        int width = Facts.Count == 0 ? 0 : Facts.Max(fact => fact.Name.Length);
        StringBuilder text = new();
        foreach ((string name, string value) in Facts)
        {
            text.Append(name.PadRight(width)).Append("  ").Append(value).Append('\n');
        }

        foreach (string warning in Warnings)
        {
            text.Append("! ").Append(warning).Append('\n');
        }

        return text.ToString();
    }

    private static string What(ImageHeader header)
    {
        int views = header.Frames.Count;
        string what = header.Kind switch
        {
            ImageKind.WholeBody => Text($"Whole-body scan, {Count(views, "view")}"),
            ImageKind.Static => Text($"Static planar image, {Count(views, "view")}"),
            ImageKind.Dynamic => Text($"Dynamic planar study, {Count(views, "frame")}"),
            ImageKind.Gated => Text($"Gated planar study, {Count(views, "frame")}"),
            ImageKind.Tomo => Text($"SPECT projections, {Count(views, "frame")}"),
            ImageKind.GatedTomo => Text($"Gated SPECT projections, {Count(views, "frame")}"),
            ImageKind.ReconTomo => "Reconstructed SPECT, " + Volumes(header),
            ImageKind.ReconGatedTomo => "Reconstructed gated SPECT, " + Volumes(header),
            ImageKind.Pet => Text($"PET, {Count(views, "section")}"),
            ImageKind.Ct => Text($"CT, {Count(views, "section")}"),
            ImageKind.Dose => Text($"Dose grid, {Count(views, "plane")}"),
            _ => Text($"Grey-scale picture, {Count(views, "frame")}"),
        };
        return header.ImageType.Count > 3 && header.ImageType[3] is "TRANSMISSION" ? what + ", transmission" : what;
    }

    private static string Volumes(ImageHeader header) => header switch
    {
        { Volumes: [] } => Count(header.Frames.Count, "frame"),
        { Volumes: [var only], Kind: ImageKind.ReconTomo } => Count(only.Count, "section"),
        _ => $"{Count(header.Volumes.Count, "volume")} of {Count(header.Volumes[0].Count, "section")}",
    };

    private static string Patient(PatientFacts patient)
    {
        List<string> parts = [patient.IsKnown ? patient.Pseudonym : $"{patient.Pseudonym} (the file names no patient)"];
        if (patient.Sex != PatientSex.Unknown)
        {
            parts.Add(patient.Sex.ToString().ToLowerInvariant());
        }

        if (patient.AgeYears is double age)
        {
            parts.Add(age < 0.25 ? Text($"{age * 365.25:0} days") : age < 3 ? Text($"{age * 12:0.#} months") : Text($"{age:0.#} years"));
        }

        if (patient.WeightKilograms is double weight)
        {
            parts.Add(Text($"{weight:0.#} kg"));
        }

        if (patient.SizeMetres is double size)
        {
            parts.Add(Text($"{size:0.##} m"));
        }

        return string.Join(", ", parts);
    }

    private static string Nuclide(ImageHeader header)
    {
        List<string> parts = [];
        foreach (RadionuclideFinding finding in header.Radionuclides)
        {
            double hours = finding.Radionuclide.HalfLifeSeconds / 3600;
            string life = hours < 0.05 ? Text($"{hours * 3600:0.#} s") : hours < 2 ? Text($"{hours * 60:0.##} min") : hours < 80 ? Text($"{hours:0.##} h") : Text($"{hours / 24:0.##} d");
            string guess = finding.Evidence switch
            {
                RadionuclideEvidence.Named => "; guessed from words, the file has no code for it",
                RadionuclideEvidence.InferredFromEnergyWindow => "; inferred from the energy window, the file does not name it",
                _ => "",
            };
            parts.Add($"{finding.Radionuclide.Symbol} (half-life {life}{guess})");
        }

        if (header.Radiopharmaceutical.Length > 0)
        {
            parts.Add(header.Radiopharmaceutical);
        }

        if (header.InjectedMegabecquerels is double activity)
        {
            parts.Add(Text($"{activity:0.#} MBq injected"));
        }

        return string.Join(", ", parts);
    }

    private static string Window(EnergyWindow window)
    {
        string ranges = string.Join(" and ", window.Ranges.Select(range => Text($"{range.LowerKev:0.#} to {range.UpperKev:0.#} keV ({100 * range.RelativeWidth:0} % at {range.CentreKev:0.#} keV)")));
        return window.Name.Length == 0 ? ranges : ranges.Length == 0 ? window.Name : $"{window.Name}: {ranges}";
    }

    private static string Collimator(string type) => type switch
    {
        "PARA" => "(parallel)",
        "PINH" => "(pinhole)",
        "FANB" => "(fan beam)",
        "CONE" => "(cone beam)",
        "SLNT" => "(slant hole)",
        "NONE" => "(no collimator)",
        _ => "",
    };

    private static string Matrix(ImageHeader header)
    {
        string pixel = header.SpacingIsAssumed ? "pixel size unknown" : header.ColumnSpacing == header.RowSpacing
            ? Text($"{header.RowSpacing:0.###} mm pixels")
            : Text($"{header.RowSpacing:0.###} x {header.ColumnSpacing:0.###} mm pixels (row x column)");
        string matrix = Text($"{header.Rows} rows x {header.Columns} columns, {pixel}");
        if (header.Geometry is ImageGeometry geometry)
        {
            return Text($"{geometry.Sections} x {matrix}, {geometry.SectionSpacing:0.###} mm sections, {geometry.Sections * geometry.SectionSpacing:0} x {geometry.Rows * geometry.RowSpacing:0} x {geometry.Columns * geometry.ColumnSpacing:0} mm");
        }

        return header.SpacingIsAssumed ? matrix : Text($"{matrix}, {header.Rows * header.RowSpacing:0} x {header.Columns * header.ColumnSpacing:0} mm");
    }

    private static string Frames(ImageHeader header) => header.Dimensions.Count == 0
        ? ""
        : string.Join(" x ", header.Dimensions.Select(dimension => Count(header.Frames.Select(frame => frame[dimension]).Distinct().Count(), Dimension(dimension))));

    private static string Dimension(FrameDimension dimension) => dimension switch
    {
        FrameDimension.EnergyWindow => "energy window",
        FrameDimension.RRInterval => "R-R interval",
        FrameDimension.TimeSlot => "time slot",
        FrameDimension.AngularView => "angular view",
        FrameDimension.TimeSlice => "time slice",
        _ => dimension.ToString().ToLowerInvariant(),
    };

    private static string Views(ImageHeader header)
    {
        (DetectorView View, bool IsGuessed)[] views = [.. header.Frames.Select(frame => (frame.View, frame.ViewIsGuessed)).Distinct()];
        return views is [(DetectorView.Unknown, _)] || header.IsVolume
            ? ""
            : string.Join(", ", views.Select(view => view.View switch
            {
                DetectorView.LeftLateral => "left lateral",
                DetectorView.RightLateral => "right lateral",
                _ => view.View.ToString().ToLowerInvariant(),
            } + (view.IsGuessed ? " (guessed)" : "")));
    }

    private static string Rotation(CameraRotation rotation)
    {
        List<string> parts = [];
        if (rotation is { ScanArc: double arc, AngularStep: double step } && step != 0)
        {
            parts.Add(Text($"{arc:0.#} degrees in steps of {step:0.###} ({Math.Abs(arc / step):0} stops)"));
        }

        if (rotation.SecondsPerView is double seconds)
        {
            parts.Add(Text($"{seconds:0.##} s a view"));
        }

        if (rotation.RadialPositions is [> 0, ..])
        {
            double low = rotation.RadialPositions.Min();
            double high = rotation.RadialPositions.Max();
            parts.Add(low == high ? Text($"radius {low:0.#} mm") : Text($"radius {low:0.#} to {high:0.#} mm"));
        }

        if (rotation.IsClockwise is bool clockwise)
        {
            parts.Add(clockwise ? "clockwise" : "counter-clockwise");
        }

        return string.Join(", ", parts);
    }

    private static string Phase(AcquisitionPhase phase) => string.Join(" of ", new[]
    {
        phase.Frames is int frames ? Count(frames, "frame") : "",
        phase.SecondsPerFrame is double seconds ? Text($"{seconds:0.###} s") : "",
    }.Where(text => text.Length > 0)) + (phase.Description.Length > 0 ? $" ({phase.Description})" : "");

    private static string Orientation(ImageGeometry geometry) =>
        $"columns to {Towards(geometry.RowDirection)}, rows to {Towards(geometry.ColumnDirection)}, sections to {Towards(geometry.SectionDirection)}";

    private static string Towards(Point3 direction)
    {
        (double size, string name)[] parts =
        [
            (Math.Abs(direction.X), direction.X > 0 ? "the left" : "the right"),
            (Math.Abs(direction.Y), direction.Y > 0 ? "the back" : "the front"),
            (Math.Abs(direction.Z), direction.Z > 0 ? "the head" : "the feet"),
        ];
        return string.Join(" and ", parts.Where(part => part.size > 0.26).OrderByDescending(part => part.size).Select(part => part.name));
    }

    private static string Values(ScintigraphyImage image)
    {
        ImageHeader header = image.Header;
        return header.Unit switch
        {
            ImageUnit.Counts => Text($"{image.Total:N0} counts{(header.UnitEvidence == UnitEvidence.Disputed ? " (disputed)" : "")}, {image.Maximum:0.###} in the hottest {(header.IsVolume ? "voxel" : "pixel")}"),
            _ => Text($"{image.Minimum:G7} to {image.Maximum:G7} {header.UnitText}").TrimEnd(),
        };
    }

    private static string Duration(double seconds) => seconds < 120
        ? Text($"{seconds:0.##} s")
        : Text($"{(int)(Math.Round(seconds) / 60)} min {Math.Round(seconds) % 60} s");

    private static string Count(int count, string what) => count == 1 ? Text($"1 {what}") : Text($"{count} {what}s");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
