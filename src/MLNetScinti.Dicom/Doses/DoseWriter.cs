using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom.Doses;

/// <summary>
/// What a dose is the dose of (PS3.3 C.8.8.3, Dose Summation Type). Nuclear medicine has no plan, and the standard no term for that: whoever
/// writes a dose says which of these an archive gets, and names the plans where there are any. None is invented.
/// </summary>
public enum DoseForm
{
    /// <summary>PLAN_OVERVIEW: without a plan. Validators that are older than the term warn.</summary>
    PlanOverview,

    /// <summary>PLAN: of one plan, which is named.</summary>
    Plan,

    /// <summary>MULTI_PLAN: of two plans or more, which are named.</summary>
    MultiPlan,
}

/// <summary>How a dose is written.</summary>
public sealed record DoseOptions
{
    /// <summary>What it is the dose of.</summary>
    public DoseForm Form { get; init; } = DoseForm.PlanOverview;

    /// <summary>SOP Instance UIDs of the RT Plans that it is the dose of: one for a plan, two or more for several, none otherwise.</summary>
    public IReadOnlyList<string> PlanUids { get; init; } = [];

    /// <summary>Bits of a pixel, 16 or 32. Doses of 16 bits are coarser (1/65535 of the maximum), and the only ones that some validators read.</summary>
    public int Bits { get; init; } = 32;

    /// <summary>How the dose was made, in at most 64 characters: the kernel's name.</summary>
    public string Comment { get; init; } = "";

    /// <summary>Whether the density of tissues was accounted for, as the image shows it (Tissue Heterogeneity Correction).</summary>
    public bool IsCorrectedForDensity { get; init; }

    /// <summary>Dose-volume histograms of regions, with the structure set that holds these; null for none.</summary>
    public DoseHistograms? Histograms { get; init; }

    /// <summary>When it was made; null for when the images were, so that the same input gives the same file.</summary>
    public DateTime? CreatedAt { get; init; }
}

/// <summary>A dose as it was written.</summary>
/// <param name="File">The file.</param>
/// <param name="InstanceUid">SOP Instance UID.</param>
/// <param name="GrayPerUnit">What a stored unit is worth, Gy: no voxel is further than half of it from what was given.</param>
public sealed record WrittenDose(string File, string InstanceUid, double GrayPerUnit);

/// <summary>Writes RT Doses (PS3.3 A.18, C.8.8.3): absorbed dose in Gy on a grid of its own. The same input gives the same bytes.</summary>
public static class DoseWriter
{
    /// <summary>Writes a dose.</summary>
    /// <param name="path">Where to. A file of that name is replaced.</param>
    /// <param name="source">The images that it was made from: patient, examination and coordinates are theirs.</param>
    /// <param name="gray">The absorbed dose, Gy; its grid need not be the images'. Sections must be stacked at right angles.</param>
    /// <param name="algorithm">What made it.</param>
    /// <param name="options">How; null for 32 bits without a plan.</param>
    /// <exception cref="ArgumentException">A dose is negative or not finite, the grid is sheared, or plans are named where the form has none, or not where it has.</exception>
    public static WrittenDose Write(string path, SourceSeries source, Volume gray, AlgorithmIdentity algorithm, DoseOptions? options = null)
    {
        options ??= new();
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(gray);
        ArgumentNullException.ThrowIfNull(algorithm);
        ImageGeometry geometry = gray.Geometry;
        Check(options, geometry);
        double along = geometry.RowDirection.Cross(geometry.ColumnDirection).Dot(geometry.SectionDirection);
        (byte[] pixels, string scaling) = Store(gray, options.Bits, isTurned: along < 0);
        string histograms = options.Histograms is { } given ? string.Join('|', given.Regions.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one}:{string.Join(',', one.Millilitres)}"))) : "";
        string content = $"{options with { Histograms = null }}|{options.Histograms?.StructureSetUid}|{histograms}|{string.Join('|', options.PlanUids)}|{geometry}|{scaling}|{Convert.ToHexStringLower(SHA256.HashData(pixels))}";
        DicomDataset dataset = DerivedObject.Begin(source, algorithm, DicomTransferSyntax.ExplicitVRLittleEndian, DicomUID.RTDoseStorage, "RTDOSE", content, options.CreatedAt);
        AddImage(dataset, geometry, options.Bits, isTurned: along < 0);
        AddDose(dataset, options, scaling);
        options.Histograms?.AddTo(dataset);
        dataset.AddOrUpdate(new DicomSequence(DicomTag.ReferencedImageSequence, [.. source.Images.Select(DerivedObject.Reference)]));
        dataset.AddOrUpdate(new DicomOtherWord(DicomTag.PixelData, new MemoryByteBuffer(pixels)));
        DerivedObject.Save(dataset, path);
        return new(path, dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID), double.Parse(scaling, CultureInfo.InvariantCulture));
    }

    private static void Check(DoseOptions options, ImageGeometry geometry)
    {
        int plans = options.PlanUids.Count;
        string expected = options.Form switch
        {
            DoseForm.Plan when plans != 1 => "one plan",
            DoseForm.MultiPlan when plans < 2 => "two plans or more",
            DoseForm.PlanOverview when plans != 0 => "no plan",
            _ => "",
        };
        if (expected.Length > 0)
        {
            throw new ArgumentException($"A dose of the form {options.Form} names {expected}, found {plans}: name the plans that it is the dose of, or choose another form.", nameof(options));
        }

        if (options.PlanUids.FirstOrDefault(uid => !DatasetReading.IsIdentifier(uid)) is string odd)
        {
            throw new ArgumentException($"A plan is named by its SOP Instance UID, found '{odd}'.", nameof(options));
        }

        if (options.Histograms is { } histograms)
        {
            DoseHistograms.Check(histograms);
        }

        if (options.Bits is not (16 or 32) || options.Comment.Length > 64)
        {
            throw new ArgumentException($"A dose has 16 or 32 bits and a comment of at most 64 characters, found {options.Bits} and {options.Comment.Length}.", nameof(options));
        }

        if (geometry.Rows > ushort.MaxValue || geometry.Columns > ushort.MaxValue)
        {
            throw new ArgumentException($"A DICOM image has at most 65535 rows and columns, found {geometry.Rows} x {geometry.Columns}.", nameof(geometry));
        }

        if (Math.Abs(Math.Abs(geometry.RowDirection.Cross(geometry.ColumnDirection).Dot(geometry.SectionDirection)) - 1) > 1e-3)
        {
            throw new ArgumentException("The sections of the dose are not stacked at right angles to their rows and columns, and an RT Dose cannot say that: resample it first.", nameof(geometry));
        }
    }

    /// <summary>Stored values and Dose Grid Scaling, which is never smaller than what the largest dose needs.</summary>
    private static (byte[] Pixels, string Scaling) Store(Volume gray, int bits, bool isTurned)
    {
        float largest = 0;
        foreach (float dose in gray.AsSpan())
        {
            if (!(dose >= 0) || !float.IsFinite(dose))
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The dose to write holds {dose} Gy, expected finite doses of 0 or more: check how it was computed."), nameof(gray));
            }

            largest = Math.Max(largest, dose);
        }

        double most = bits == 16 ? ushort.MaxValue : uint.MaxValue;
        string scaling = DecimalString.From(largest > 0 ? largest / most * (1 + 1e-9) : 1e-6);
        double unit = double.Parse(scaling, CultureInfo.InvariantCulture);
        int bytes = bits / 8, sections = gray.Geometry.Sections, plane = gray.Shape.PlaneLength;
        byte[] pixels = new byte[checked(gray.Shape.Length * bytes)];
        for (int section = 0; section < sections; section++)
        {
            // Frames follow the normal of rows and columns.
            Span<byte> into = pixels.AsSpan((isTurned ? sections - 1 - section : section) * plane * bytes, plane * bytes);
            Span<float> from = gray.Section(section);
            for (int i = 0; i < from.Length; i++)
            {
                double stored = Math.Clamp(Math.Round(from[i] / unit, MidpointRounding.ToEven), 0, most);
                if (bits == 16)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(into[(2 * i)..], (ushort)stored);
                }
                else
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(into[(4 * i)..], (uint)stored);
                }
            }
        }

        return (pixels, scaling);
    }

    private static void AddImage(DicomDataset dataset, ImageGeometry geometry, int bits, bool isTurned)
    {
        Point3 origin = isTurned ? geometry.PositionOf(0, 0, geometry.Sections - 1) : geometry.Origin, row = geometry.RowDirection, column = geometry.ColumnDirection;
        dataset.AddOrUpdate(DicomTag.OperatorsName, "");
        dataset.AddOrUpdate(DicomTag.InstanceNumber, 1);
        dataset.AddOrUpdate(DicomTag.ImagePositionPatient, DecimalString.From(origin.X, origin.Y, origin.Z));
        dataset.AddOrUpdate(DicomTag.ImageOrientationPatient, DecimalString.From(row.X, row.Y, row.Z, column.X, column.Y, column.Z));
        dataset.AddOrUpdate(DicomTag.PixelSpacing, DecimalString.From([geometry.RowSpacing, geometry.ColumnSpacing]));
        dataset.AddOrUpdate(DicomTag.SliceThickness, DecimalString.From(geometry.SectionSpacing));
        dataset.AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)1);
        dataset.AddOrUpdate(DicomTag.PhotometricInterpretation, "MONOCHROME2");
        dataset.AddOrUpdate(DicomTag.Rows, (ushort)geometry.Rows);
        dataset.AddOrUpdate(DicomTag.Columns, (ushort)geometry.Columns);
        dataset.AddOrUpdate(DicomTag.BitsAllocated, (ushort)bits);
        dataset.AddOrUpdate(DicomTag.BitsStored, (ushort)bits);
        dataset.AddOrUpdate(DicomTag.HighBit, (ushort)(bits - 1));
        dataset.AddOrUpdate(DicomTag.PixelRepresentation, (ushort)0);
        // One plane is an image without a third direction: it has one frame and nothing that counts frames.
        if (geometry.Sections > 1)
        {
            dataset.AddOrUpdate(DicomTag.NumberOfFrames, geometry.Sections);
            dataset.AddOrUpdate(DicomTag.FrameIncrementPointer, DicomTag.GridFrameOffsetVector);
            dataset.AddOrUpdate(DicomTag.GridFrameOffsetVector, [.. Enumerable.Range(0, geometry.Sections).Select(section => DecimalString.From(Math.Round(section * geometry.SectionSpacing, 9)))]);
        }
    }

    /// <summary>RT Dose module (PS3.3 table C.8-39).</summary>
    private static void AddDose(DicomDataset dataset, DoseOptions options, string scaling)
    {
        dataset.AddOrUpdate(DicomTag.DoseUnits, "GY");
        dataset.AddOrUpdate(DicomTag.DoseType, "PHYSICAL");
        dataset.AddOrUpdate(DicomTag.DoseSummationType, options.Form switch
        {
            DoseForm.Plan => "PLAN",
            DoseForm.MultiPlan => "MULTI_PLAN",
            _ => "PLAN_OVERVIEW",
        });
        dataset.AddOrUpdate(DicomTag.DoseGridScaling, scaling);
        if (options.IsCorrectedForDensity)
        {
            dataset.AddOrUpdate(DicomTag.TissueHeterogeneityCorrection, "IMAGE");
        }

        if (options.Comment.Length > 0)
        {
            dataset.AddOrUpdate(DicomTag.DoseComment, options.Comment);
        }

        if (options.PlanUids.Count > 0)
        {
            dataset.AddOrUpdate(new DicomSequence(DicomTag.ReferencedRTPlanSequence, [.. options.PlanUids.Select(uid => DerivedObject.Reference(DicomUID.RTPlanStorage.UID, uid))]));
        }
    }
}
