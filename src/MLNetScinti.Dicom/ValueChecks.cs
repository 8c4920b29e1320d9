using System.Globalization;

namespace MLNetScinti.Dicom;

/// <summary>Compares what a header says of its values with the values: only who has read them can.</summary>
/// <param name="Header">The header, with what was found.</param>
internal readonly record struct ValueChecks(ImageHeader Header)
{
    // Two sums of counts that differ by more than this are of different images.
    private const double Tolerance = 0.01;

    public static ValueChecks Of(ScintigraphyImage image, PixelFormat format, PixelValues pixels)
    {
        ImageHeader header = image.Header;
        List<string> warnings = [];
        if (pixels.Below + pixels.Above > 0)
        {
            // The line goes on beyond its ends: a hot voxel that vanished would be worse.
            warnings.Add($"{pixels.Below + pixels.Above} pixels lie outside the stored values that {(header.Scaling.Source.Length > 0 ? header.Scaling.Source : "the mapping")} covers ({pixels.Below} below, {pixels.Above} above): what they are worth is not in the file.");
            header = pixels.Above > 0 ? header with { UnitEvidence = UnitEvidence.Disputed } : header;
        }

        bool isCounted = header.Unit is ImageUnit.Counts or ImageUnit.CountsPerSecond or ImageUnit.BecquerelPerMillilitre or ImageUnit.StandardizedUptakeValue;
        if (isCounted && CanBeNegative(header, format) && image.Minimum < 0)
        {
            long negative = 0;
            foreach (float value in image.AsSpan())
            {
                negative += value < 0 ? 1 : 0;
            }

            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{negative} {(header.IsVolume ? "voxels" : "pixels")} are below zero, the lowest {image.Minimum:G6}: no {(header.Unit is ImageUnit.Counts or ImageUnit.CountsPerSecond ? "counts" : "activity")} can be, and filtered back-projection or a subtraction leaves such values."));
        }

        bool isSummed = header is { Unit: ImageUnit.Counts, CountsAccumulated: not null } && string.Equals(header.Modality, "NM", StringComparison.Ordinal);
        bool agrees = isSummed && Math.Abs(pixels.Total - header.CountsAccumulated!.Value) <= Tolerance * Math.Max(pixels.Total, header.CountsAccumulated.Value);
        if (header is { Unit: ImageUnit.Counts, Scaling.IsIdentity: true } && header.Scales[0].Table is null && !agrees && IsStretched(image.Maximum, format))
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"The largest pixel is {image.Maximum:0}, the most that its {format.BitsStored} bits are used for, and the file gives no scale: the picture was stretched to its full range, or its counter was full. {(header.UnitEvidence == UnitEvidence.Convention ? "Values are as stored, not counts." : "The file calls its values counts all the same.")}"));
            header = header.UnitEvidence == UnitEvidence.Convention ? header with { Unit = UnitName.Stored.Unit, UnitText = UnitName.Stored.Text, UnitEvidence = UnitEvidence.None } : header with { UnitEvidence = UnitEvidence.Disputed };
        }
        else if (isSummed && !agrees)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"Counts Accumulated says {header.CountsAccumulated}, the pixels add up to {pixels.Total:0}."));
        }

        return new(warnings.Count == 0 ? header : header with { Warnings = [.. header.Warnings, .. warnings] });
    }

    // Unsigned pixels, which almost all cameras write, are not looked through for it.
    private static bool CanBeNegative(ImageHeader header, PixelFormat format) =>
        format.IsSigned || header.Scales.Any(scale => scale.Table is not null || scale.Linear.Intercept < 0 || scale.Linear.Slope < 0);

    // Signed or not, workstations fit pictures into 15 bits, 16, or all there are.
    private static bool IsStretched(float maximum, PixelFormat format) =>
        maximum == format.Largest || (format.BitsStored > 15 && maximum is short.MaxValue or ushort.MaxValue);
}
