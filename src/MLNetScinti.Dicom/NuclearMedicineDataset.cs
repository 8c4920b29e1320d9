using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using FellowOakDicom;
using FellowOakDicom.IO.Buffer;

namespace MLNetScinti.Dicom;

/// <summary>Puts together the modules of the Nuclear Medicine Image IOD (PS3.3 A.5, C.8.4) that all its kinds share.</summary>
internal static class NuclearMedicineDataset
{
    // Defined terms of PS3.16 annex L for parts that have no left and right.
    private static readonly HashSet<string> s_unpaired = new(StringComparer.Ordinal) { "WHOLEBODY", "HEAD", "SKULL", "NECK", "CHEST", "ABDOMEN", "PELVIS", "HEART", "LIVER", "THYROID", "CSPINE", "TSPINE", "LSPINE", "SSPINE" };

    /// <summary>The modules that do not depend on the kind of image.</summary>
    public static DicomDataset Begin(NuclearMedicineStudy study, string kind, string[] imageType, string contentHash)
    {
        DicomDataset dataset = BeginImage(study, DicomUID.NuclearMedicineImageStorage, "NM", kind, imageType, contentHash);
        AddIsotope(dataset, study);
        AddPatientOrientation(dataset);
        if (study.ImageId.Length > 0)
        {
            dataset.AddOrUpdate(DicomTag.ImageID, study.ImageId);
        }

        dataset.AddOrUpdate(DicomTag.AcquisitionTerminationCondition, "TIME");
        return dataset;
    }

    /// <summary>The modules of patient, study, series, equipment and frame of reference, which images of other modalities of the same examination have too.</summary>
    public static DicomDataset BeginImage(NuclearMedicineStudy study, DicomUID storage, string modality, string kind, string[] imageType, string contentHash)
    {
        string seed = study.UidSeed;
        string when = study.AcquiredAt.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        string series = study.SeriesNumber.ToString(CultureInfo.InvariantCulture);
        DicomDataset dataset = new(DicomTransferSyntax.ExplicitVRLittleEndian);
        dataset.AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 192");
        dataset.AddOrUpdate(DicomTag.ImageType, imageType);
        dataset.AddOrUpdate(DicomTag.SOPClassUID, storage);
        dataset.AddOrUpdate(DicomTag.SOPInstanceUID, DeterministicUid.From("instance", seed, study.PatientId, when, series, kind, contentHash));
        dataset.AddOrUpdate(DicomTag.StudyInstanceUID, DeterministicUid.From("study", seed, study.PatientId, study.Examination.Length > 0 ? study.Examination : when));
        dataset.AddOrUpdate(DicomTag.SeriesInstanceUID, DeterministicUid.From("series", seed, study.PatientId, when, series, kind));
        dataset.AddOrUpdate(DicomTag.FrameOfReferenceUID, DeterministicUid.From("space", seed, study.PatientId, study.Space.Length > 0 ? study.Space : study.Examination.Length > 0 ? study.Examination : when));
        dataset.AddOrUpdate(DicomTag.PositionReferenceIndicator, "");
        foreach ((DicomTag date, DicomTag time) in new[]
        {
            (DicomTag.StudyDate, DicomTag.StudyTime), (DicomTag.SeriesDate, DicomTag.SeriesTime),
            (DicomTag.AcquisitionDate, DicomTag.AcquisitionTime), (DicomTag.ContentDate, DicomTag.ContentTime),
        })
        {
            dataset.AddOrUpdate(date, study.AcquiredAt.ToString("yyyyMMdd", CultureInfo.InvariantCulture));
            dataset.AddOrUpdate(time, study.AcquiredAt.ToString("HHmmss", CultureInfo.InvariantCulture));
        }

        dataset.AddOrUpdate(DicomTag.Modality, modality);
        dataset.AddOrUpdate(DicomTag.Manufacturer, study.Manufacturer);
        dataset.AddOrUpdate(DicomTag.ManufacturerModelName, "MLNetScinti");
        dataset.AddOrUpdate(DicomTag.StationName, study.StationName);
        dataset.AddOrUpdate(DicomTag.AccessionNumber, study.AccessionNumber);
        dataset.AddOrUpdate(DicomTag.ReferringPhysicianName, "");
        dataset.AddOrUpdate(DicomTag.StudyDescription, study.StudyDescription);
        dataset.AddOrUpdate(DicomTag.SeriesDescription, study.SeriesDescription);
        dataset.AddOrUpdate(DicomTag.StudyID, study.StudyId);
        dataset.AddOrUpdate(DicomTag.SeriesNumber, study.SeriesNumber);
        dataset.AddOrUpdate(DicomTag.InstanceNumber, study.InstanceNumber);

        // Both sides of a paired part are in the image, which the standard says by an empty value; what has no sides has none (PS3.3 C.7.3.1).
        if (!s_unpaired.Contains(study.BodyPart))
        {
            dataset.AddOrUpdate(DicomTag.Laterality, "");
        }

        if (study.BodyPart.Length > 0)
        {
            dataset.AddOrUpdate(DicomTag.BodyPartExamined, study.BodyPart);
        }

        AddPatient(dataset, study);
        return dataset;
    }

    /// <summary>The Image Pixel and Multi-frame modules, and how counts became pixels.</summary>
    public static void AddPixels(DicomDataset dataset, NuclearMedicineStudy study, int rows, int columns, double rowSpacing, double columnSpacing, byte[] pixels, CountScaling scaling)
    {
        int frames = pixels.Length / (2 * rows * columns);
        long total = 0;
        ushort largest = 0;
        for (int i = 0; i < pixels.Length; i += 2)
        {
            ushort stored = (ushort)(pixels[i] | (pixels[i + 1] << 8));
            total += stored;
            largest = Math.Max(largest, stored);
        }

        dataset.AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)1);
        dataset.AddOrUpdate(DicomTag.PhotometricInterpretation, "MONOCHROME2");
        dataset.AddOrUpdate(DicomTag.NumberOfFrames, frames);
        dataset.AddOrUpdate(DicomTag.Rows, (ushort)rows);
        dataset.AddOrUpdate(DicomTag.Columns, (ushort)columns);
        dataset.AddOrUpdate(DicomTag.PixelSpacing, DecimalString.From([rowSpacing, columnSpacing]));
        dataset.AddOrUpdate(DicomTag.BitsAllocated, (ushort)16);
        dataset.AddOrUpdate(DicomTag.BitsStored, (ushort)16);
        dataset.AddOrUpdate(DicomTag.HighBit, (ushort)15);
        dataset.AddOrUpdate(DicomTag.PixelRepresentation, (ushort)0);
        dataset.AddOrUpdate(DicomTag.LargestImagePixelValue, largest);

        // Of an image of counts they are in the image; of another one they are those that it was made from.
        bool isCounts = study.Unit == ImageUnit.Counts;
        double counts = study.CountsAccumulated ?? (isCounts ? Math.Round(total / scaling.Factor) : 0);
        dataset.AddOrUpdate(DicomTag.CountsAccumulated, (int)Math.Min(counts, int.MaxValue));
        string comments = study.Comments;
        if (!scaling.IsIdentity || !isCounts)
        {
            string slope = DecimalString.From(1 / scaling.Factor);
            comments = $"{comments} {(isCounts ? "Counts" : "Bq/ml")} = stored value x {slope}".Trim();
            dataset.AddOrUpdate(new DicomSequence(DicomTag.RealWorldValueMappingSequence, new DicomDataset
            {
                { DicomTag.LUTExplanation, isCounts ? "Counts of the detector" : "Activity concentration" },
                { DicomTag.LUTLabel, isCounts ? "COUNTS" : "BQML" },
                { DicomTag.RealWorldValueFirstValueMapped, (ushort)0 },
                { DicomTag.RealWorldValueLastValueMapped, (ushort)CountScaling.MaximumStored },
                { DicomTag.RealWorldValueIntercept, 0.0 },
                { DicomTag.RealWorldValueSlope, 1 / scaling.Factor },
                new DicomSequence(DicomTag.MeasurementUnitsCodeSequence, isCounts ? Code("{counts}", "UCUM", "Counts") : Code("Bq/ml", "UCUM", "Becquerels/milliliter")),
            }));
        }

        if (comments.Length > 0)
        {
            dataset.AddOrUpdate(DicomTag.ImageComments, comments);
        }

        dataset.AddOrUpdate(new DicomOtherWord(DicomTag.PixelData, new MemoryByteBuffer(pixels)));
    }

    /// <summary>A detector's item of the NM Detector Module (PS3.3 table C.8-11).</summary>
    public static DicomDataset Detector(NuclearMedicineStudy study, string[] position, string[] orientation, double? startAngle, DicomDataset? view)
    {
        DicomDataset detector = new()
        {
            { DicomTag.CollimatorGridName, study.Collimator },
            { DicomTag.CollimatorType, "PARA" },
            { DicomTag.FocalDistance, 0 },
            { DicomTag.ImagePositionPatient, position },
            { DicomTag.ImageOrientationPatient, orientation },
            { DicomTag.RadialPosition, DecimalString.From(study.RadialPositions.Count > 0 ? study.RadialPositions[0] : study.RadialPosition) },
            { DicomTag.ZoomFactor, DecimalString.From([study.Zoom, study.Zoom]) },
        };
        if (startAngle is double angle)
        {
            detector.AddOrUpdate(DicomTag.StartAngle, DecimalString.From(angle));
        }

        if (view is not null)
        {
            detector.AddOrUpdate(new DicomSequence(DicomTag.ViewCodeSequence, view));
        }

        return detector;
    }

    public static DicomDataset Code(string value, string scheme, string meaning) => new()
    {
        { DicomTag.CodeValue, value },
        { DicomTag.CodingSchemeDesignator, scheme },
        { DicomTag.CodeMeaning, meaning },
    };

    private static void AddPatient(DicomDataset dataset, NuclearMedicineStudy study)
    {
        dataset.AddOrUpdate(DicomTag.PatientName, study.PatientName);
        dataset.AddOrUpdate(DicomTag.PatientID, study.PatientId);
        dataset.AddOrUpdate(DicomTag.PatientBirthDate, study.BirthDate?.ToString("yyyyMMdd", CultureInfo.InvariantCulture) ?? "");
        dataset.AddOrUpdate(DicomTag.PatientSex, study.Sex switch
        {
            PatientSex.Female => "F",
            PatientSex.Male => "M",
            PatientSex.Other => "O",
            _ => "",
        });
        if (study.AgeYears is double age)
        {
            dataset.AddOrUpdate(DicomTag.PatientAge, AgeString(age));
        }

        if (study.SizeMetres is double size)
        {
            dataset.AddOrUpdate(DicomTag.PatientSize, DecimalString.From(size));
        }

        if (study.WeightKilograms is double weight)
        {
            dataset.AddOrUpdate(DicomTag.PatientWeight, DecimalString.From(weight));
        }
    }

    /// <summary>An age in the unit that keeps it below 1000 and still tells infants apart (PS3.5 table 6.2-1, AS).</summary>
    private static string AgeString(double years) => years switch
    {
        < 0 or > 999 => throw new ArgumentException($"The patient's age is {years} years, expected 0 to 999.", nameof(years)),
        < 0.25 => string.Create(CultureInfo.InvariantCulture, $"{(int)(years * 365.25):000}D"),
        < 3 => string.Create(CultureInfo.InvariantCulture, $"{(int)(years * 12):000}M"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)years:000}Y"),
    };

    private static void AddIsotope(DicomDataset dataset, NuclearMedicineStudy study)
    {
        DicomDataset window = new()
        {
            { DicomTag.EnergyWindowName, study.EnergyWindow.Name },
            new DicomSequence(DicomTag.EnergyWindowRangeSequence, [.. study.EnergyWindow.Ranges.Select(range => new DicomDataset
            {
                { DicomTag.EnergyWindowLowerLimit, DecimalString.From(range.LowerKev) },
                { DicomTag.EnergyWindowUpperLimit, DecimalString.From(range.UpperKev) },
            })]),
        };
        dataset.AddOrUpdate(DicomTag.NumberOfEnergyWindows, (ushort)1);
        dataset.AddOrUpdate(new DicomSequence(DicomTag.EnergyWindowInformationSequence, window));

        DicomDataset agent = new();
        if (study.Radiopharmaceutical.Length > 0)
        {
            agent.AddOrUpdate(DicomTag.Radiopharmaceutical, study.Radiopharmaceutical);
        }

        if (study.InjectedAt is DateTime injected)
        {
            agent.AddOrUpdate(DicomTag.RadiopharmaceuticalStartTime, injected.ToString("HHmmss", CultureInfo.InvariantCulture));
            // A time alone does not tell the day, and what decays over days is imaged for days: makers add the date as the PET Isotope Module has it (PS3.3 C.8.9.2).
            if (study.Radionuclide.HalfLifeSeconds > 86_400 || injected.Date != study.AcquiredAt.Date)
            {
                agent.AddOrUpdate(DicomTag.RadiopharmaceuticalStartDateTime, injected.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture));
            }
        }

        if (study.InjectedMegabecquerels is double activity)
        {
            // The NM Isotope Module counts in MBq, the PET one in Bq (PS3.3 C.8.4.10.1.7, C.8.9.2).
            agent.AddOrUpdate(DicomTag.RadionuclideTotalDose, DecimalString.From(activity));
        }

        Radionuclide nuclide = study.Radionuclide;
        string mass = nuclide.Symbol[(nuclide.Symbol.IndexOf('-', StringComparison.Ordinal) + 1)..];
        agent.AddOrUpdate(nuclide.Code.Length == 0
            ? new DicomSequence(DicomTag.RadionuclideCodeSequence)
            : new DicomSequence(DicomTag.RadionuclideCodeSequence, Code(nuclide.Code, "SRT", $"^{mass}^{nuclide.Name}")));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.RadiopharmaceuticalInformationSequence, agent));
    }

    private static void AddPatientOrientation(DicomDataset dataset)
    {
        // PS3.3 C.8.4.6 asks for the coding scheme 99SDM here, for historical reasons.
        DicomDataset recumbent = Code("F-10450", "99SDM", "recumbent");
        recumbent.AddOrUpdate(new DicomSequence(DicomTag.PatientOrientationModifierCodeSequence, Code("F-10340", "99SDM", "supine")));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.PatientOrientationCodeSequence, recumbent));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.PatientGantryRelationshipCodeSequence, Code("F-10470", "99SDM", "headfirst")));
    }
}

/// <summary>How counts were fitted into the unsigned 16-bit pixels of a Nuclear Medicine image.</summary>
/// <param name="Factor">A stored value is round(count x Factor); 1 where whole counts fit as they are.</param>
/// <remarks>
/// The NM IOD has no Rescale Slope (PS3.3 A.5), so the factor is recorded as a Real World Value Mapping in the unit
/// {counts}, which the reader applies, and in words in the Image Comments. The rule: whole numbers up to 65535 are
/// stored as they are; anything else is scaled so that the largest value becomes 65535. Negative values, which no
/// detector gives, are stored as 0.
/// </remarks>
public readonly record struct CountScaling(double Factor)
{
    /// <summary>The largest value of an unsigned 16-bit pixel.</summary>
    public const int MaximumStored = ushort.MaxValue;

    /// <summary>Whether the counts are stored as they are.</summary>
    public bool IsIdentity => Factor == 1;

    /// <summary>The scaling that the rule gives for some counts.</summary>
    /// <exception cref="ArgumentException">A count is not a finite number.</exception>
    public static CountScaling For(params IReadOnlyList<float[]> images)
    {
        float largest = 0;
        bool whole = true;
        foreach (float[] counts in images)
        {
            foreach (float count in counts)
            {
                if (!float.IsFinite(count))
                {
                    throw new ArgumentException($"The image to write holds {count}, expected finite counts: check how it was computed.", nameof(images));
                }

                if (count > 0)
                {
                    largest = Math.Max(largest, count);
                    whole &= count == MathF.Truncate(count);
                }
            }
        }

        return largest == 0 || (whole && largest <= MaximumStored) ? new CountScaling(1) : new CountScaling(MaximumStored / (double)largest);
    }

    /// <summary>The stored value of a count.</summary>
    public ushort Store(float count) => (ushort)Math.Clamp(Math.Round(count * Factor, MidpointRounding.ToEven), 0, MaximumStored);
}

/// <summary>Numbers as DICOM's VR DS writes them: at most 16 characters, as many digits as fit (PS3.5 table 6.2-1).</summary>
internal static class DecimalString
{
    public static string From(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentException($"DICOM has no decimal string for {value}.", nameof(value));
        }

        for (int digits = 15; digits > 1; digits--)
        {
            string text = value.ToString("G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (text.Length <= 16)
            {
                return text;
            }
        }

        return value.ToString("G1", CultureInfo.InvariantCulture);
    }

    public static string[] From(params ReadOnlySpan<double> values)
    {
        string[] texts = new string[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            texts[i] = From(values[i]);
        }

        return texts;
    }
}

/// <summary>DICOM identifiers that depend only on what they are made from, so that the same input gives the same file.</summary>
/// <remarks>A UUID made from a hash, written as 2.25 and its decimal value (PS3.5 B.2; the UUID is of version 8, RFC 9562).</remarks>
public static class DeterministicUid
{
    /// <summary>The identifier of some parts: the same parts in the same order give the same identifier.</summary>
    public static string From(params IReadOnlyList<string> parts)
    {
        // Each part is preceded by its length, so that ("ab", "c") and ("a", "bc") differ.
        StringBuilder text = new();
        foreach (string part in parts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part};");
        }

        byte[] uuid = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))[..16];
        uuid[6] = (byte)((uuid[6] & 0x0F) | 0x80);
        uuid[8] = (byte)((uuid[8] & 0x3F) | 0x80);
        return "2.25." + new BigInteger(uuid, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);
    }
}
