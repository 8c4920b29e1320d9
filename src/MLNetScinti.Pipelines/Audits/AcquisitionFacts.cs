using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;

namespace MLNetScinti.Pipelines.Audits;

/// <summary>How images were taken, as their files say: what a model may learn instead of what they show. It is part of no case's own facts.</summary>
internal static class AcquisitionFacts
{
    /// <summary>What took the images.</summary>
    public const string Camera = "Camera";

    /// <summary>In what the values of the images are.</summary>
    public const string Unit = "Unit";

    /// <summary>The facts of a study; what its images disagree on stands side by side.</summary>
    public static Facts Of(IReadOnlyList<ScintigraphyImage> images)
    {
        ImageHeader[] headers = [.. images.Select(image => image.Header)];
        return Facts.None
            .WithKnown(Camera, Text(headers.Select(header => header.Camera)))
            .WithKnown("Radionuclide", Text(headers.SelectMany(header => header.Radionuclides).Select(found => found.Radionuclide.Symbol)))
            .WithKnown("Radiopharmaceutical", Text(headers.Select(header => header.Radiopharmaceutical)))
            .WithKnown("Collimator", Text(headers.SelectMany(header => header.Detectors).Select(detector => $"{detector.Collimator} {detector.CollimatorType}".Trim())))
            .WithKnown("Energy windows", Text(headers.SelectMany(header => header.EnergyWindows).SelectMany(window => window.Ranges).Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.LowerKev:0}-{range.UpperKev:0} keV"))))
            .WithKnown("Matrix", Text(headers.Select(header => string.Create(CultureInfo.InvariantCulture, $"{header.Rows} x {header.Columns}"))))
            .WithKnown("Pixel", Text(headers.Select(header => header.SpacingIsAssumed ? "not known" : string.Create(CultureInfo.InvariantCulture, $"{header.RowSpacing:0.00} x {header.ColumnSpacing:0.00} mm"))))
            .WithKnown(Unit, Text(headers.Select(header => header.Unit.ToString())))
            .WithKnown("Seconds", headers.Length > 0 && headers.All(header => header.AcquisitionSeconds is not null) ? Math.Round(headers.Sum(header => header.AcquisitionSeconds!.Value)) : null);
    }

    private static string Text(IEnumerable<string> texts) => string.Join(", ", texts.Where(text => text.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
}
