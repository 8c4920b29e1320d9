using FellowOakDicom;
using MLNetScinti.Dicom.Codecs;

namespace MLNetScinti.Dicom;

/// <summary>Tells from a header what a file is, and refuses with a reason what is no image to score.</summary>
internal static class StorageKind
{
    private static readonly Dictionary<string, string> s_noImages = new(StringComparer.Ordinal)
    {
        ["SEG"] = "a segmentation",
        ["RTSTRUCT"] = "a set of contours (RT Structure Set)",
        ["RTPLAN"] = "a radiotherapy plan",
        ["SR"] = "a structured report",
        ["PR"] = "a presentation state",
        ["KO"] = "a list of key objects",
        ["REG"] = "a registration",
        ["DOC"] = "a document",
        ["PLAN"] = "a plan",
        ["RWV"] = "a real world value mapping",
    };

    /// <summary>The kind of image of a header.</summary>
    /// <exception cref="DicomReadException">It is no image, or none to score.</exception>
    public static ImageKind Of(DicomDataset dataset, string file, bool isPartial, List<string> warnings)
    {
        string modality = dataset.Text(DicomTag.Modality);
        if (dataset.Contains(DicomTag.DirectoryRecordSequence))
        {
            throw new DicomReadException(file, SkipReason.NotAnImageToScore, "this is the index of a medium (DICOMDIR), not an image: give the files that it lists.");
        }

        if (s_noImages.TryGetValue(modality, out string? what))
        {
            throw new DicomReadException(file, SkipReason.NotAnImageToScore, $"expected an image to score, found {what}: leave it out.");
        }

        if (!dataset.Contains(DicomTag.PixelData))
        {
            PixelCodings.CheckIsHere(dataset, file, isPartial);
            throw NoPixels(dataset, file, isPartial);
        }

        string photometric = dataset.Text(DicomTag.PhotometricInterpretation);
        if (dataset.Whole(DicomTag.SamplesPerPixel) is int samples and not 1)
        {
            throw new DicomReadException(file, SkipReason.NotAnImageToScore, $"expected counts, found a colour picture ({samples} samples per pixel, {DatasetReading.Code(photometric)}): a screenshot cannot be scored, give the image it was made from.");
        }

        if (photometric.Contains("PALETTE", StringComparison.OrdinalIgnoreCase))
        {
            throw new DicomReadException(file, SkipReason.NotAnImageToScore, "expected counts, found colours of a palette: a screenshot cannot be scored, give the image it was made from.");
        }

        // What is not decoded here is no damage, however little of it is understood.
        PixelCodings.Check(dataset, file);
        return modality switch
        {
            "NM" => NuclearMedicine(dataset, warnings),
            "PT" => ImageKind.Pet,
            "CT" => ImageKind.Ct,
            "RTDOSE" => ImageKind.Dose,
            "OT" or "SC" => ImageKind.SecondaryCapture,
            "" => throw new DicomReadException(file, SkipReason.InconsistentHeader, "the Modality (0008,0060) is missing, expected NM, PT, CT or RTDOSE: ask its source for another export."),
            _ => throw new DicomReadException(file, SkipReason.WrongModality, $"the modality is {DatasetReading.Code(modality)}, expected NM, PT, CT or RTDOSE: leave it out."),
        };
    }

    private static DicomReadException NoPixels(DicomDataset dataset, string file, bool isPartial)
    {
        if (isPartial)
        {
            return new DicomReadException(file, SkipReason.Truncated, "the file ends before its pixel data is complete: copy it again from its source.");
        }

        // ELSCINT1's group: the pixels are in (07A1,xx0A), coded as PMSCT_RLE1 or PMSCT_RGB1 (07A1,xx11). Nothing is missing of such a file.
        if (dataset.Any(item => item.Tag is { Group: 0x07A1, Element: >= 0x1000 } && (item.Tag.Element & 0xFF) == 0x0A))
        {
            return new DicomReadException(file, SkipReason.UnsupportedCodec, "the pixels are in a private element of Philips (ELSCINT1, in which its CTs compress them), which is not read here: ask its source for an uncompressed export.", fault: ReadFault.Limit);
        }

        string name = Name(dataset);
        if (dataset.Contains(DicomTag.Rows) && dataset.Contains(DicomTag.BitsAllocated) && !dataset.Contains(DicomTag.FloatPixelData) && !dataset.Contains(DicomTag.DoubleFloatPixelData))
        {
            return new DicomReadException(file, SkipReason.NoPixelData, $"the header describes pixels, and the file ends before them{(name.Length > 0 ? $" ({name})" : "")}: copy it again, and if that changes nothing, leave it out.", fault: ReadFault.Damage);
        }

        return dataset.Contains(DicomTag.FloatPixelData) || dataset.Contains(DicomTag.DoubleFloatPixelData)
            ? new DicomReadException(file, SkipReason.UnsupportedPixelFormat, "the pixels are floating-point numbers (a parametric map), expected whole numbers of 8, 16 or 32 bits: leave it out.")
            : new DicomReadException(file, SkipReason.NoPixelData, $"expected an image, found no pixel data{(name.Length > 0 ? $" ({name})" : "")}: leave it out.");
    }

    /// <summary>The name of the SOP class, its identifier where nobody knows it, or nothing where that is damaged.</summary>
    public static string Name(DicomDataset dataset)
    {
        string uid = dataset.Text(DicomTag.SOPClassUID);
        if (!DatasetReading.IsIdentifier(uid))
        {
            return "";
        }

        string name = DicomUID.Parse(uid).Name;
        return name.Length == 0 || string.Equals(name, "Unknown", StringComparison.Ordinal) ? uid : name;
    }

    private static ImageKind NuclearMedicine(DicomDataset dataset, List<string> warnings)
    {
        if (!string.Equals(dataset.Text(DicomTag.SOPClassUID), DicomUID.NuclearMedicineImageStorage.UID, StringComparison.Ordinal))
        {
            warnings.Add($"Stored as {(Name(dataset) is { Length: > 0 } name ? name : "an unnamed class")}, not as a Nuclear Medicine image: energy windows and detectors may be missing.");
        }

        foreach (string value in dataset.Texts(DicomTag.ImageType).Reverse())
        {
            ImageKind? kind = value.Trim().ToUpperInvariant() switch
            {
                "WHOLE BODY" => ImageKind.WholeBody,
                "STATIC" => ImageKind.Static,
                "DYNAMIC" => ImageKind.Dynamic,
                "GATED" => ImageKind.Gated,
                "TOMO" => ImageKind.Tomo,
                "GATED TOMO" => ImageKind.GatedTomo,
                "RECON TOMO" => ImageKind.ReconTomo,
                "RECON GATED TOMO" => ImageKind.ReconGatedTomo,
                _ => null,
            };
            if (kind is ImageKind known)
            {
                return known;
            }
        }

        ImageKind guess = dataset switch
        {
            _ when dataset.Contains(DicomTag.SliceVector) => ImageKind.ReconTomo,
            _ when dataset.Contains(DicomTag.AngularViewVector) => ImageKind.Tomo,
            _ when dataset.Contains(DicomTag.TimeSlotVector) => ImageKind.Gated,
            _ when dataset.Contains(DicomTag.TimeSliceVector) => ImageKind.Dynamic,
            _ when dataset.Whole(DicomTag.Rows) >= 2 * dataset.Whole(DicomTag.Columns) => ImageKind.WholeBody,
            _ when dataset.Contains(DicomTag.DetectorVector) => ImageKind.Static,
            _ => ImageKind.SecondaryCapture,
        };
        warnings.Add($"Image Type names no kind of Nuclear Medicine image: taken for {guess} by its other attributes.");
        return guess;
    }
}
