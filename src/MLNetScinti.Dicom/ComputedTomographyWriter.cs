using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>How a CT was done, as its files state it (PS3.3 C.8.2.1).</summary>
public sealed record ComputedTomographyFacts
{
    /// <summary>Tube voltage, kV.</summary>
    public double Kilovolts { get; init; } = 120;

    /// <summary>Tube current and exposure time, mAs; 0 where it is not said.</summary>
    public double MilliampereSeconds { get; init; }

    /// <summary>Diameter of the field that is reconstructed, mm.</summary>
    public double Diameter { get; init; }

    /// <summary>Name of the kernel; empty where it is not said.</summary>
    public string Kernel { get; init; } = "";

    /// <summary>Contrast medium; empty for none.</summary>
    public string Contrast { get; init; } = "";

    /// <summary>Maker's name of the scanner.</summary>
    public string Scanner { get; init; } = "";
}

/// <summary>
/// Writes CT series (PS3.3 A.3), a file a section: 16 bits, Rescale Slope 1 and Intercept -1024, explicit VR little endian. The same volume and study give the same bytes.
/// </summary>
public static class ComputedTomographyWriter
{
    /// <summary>What is added to a stored value, HU; the least value that can be stored.</summary>
    public const int Intercept = -1024;

    /// <summary>The name of a section's file, from 1.</summary>
    public static string FileOf(int section) => string.Create(CultureInfo.InvariantCulture, $"{section:0000}.dcm");

    /// <summary>Writes a series.</summary>
    /// <param name="folder">Where to; it is made where it is missing. Files of the sections' names are replaced.</param>
    /// <param name="volume">The sections in HU; values below -1024 become -1024.</param>
    /// <param name="study">Patient and examination: what is said of cameras is not used.</param>
    /// <param name="facts">How the CT was done.</param>
    /// <returns>The names of the files, in the order of the sections.</returns>
    /// <exception cref="ArgumentException">The volume cannot be a CT series: over 65535 rows or columns, values that are not finite.</exception>
    public static IReadOnlyList<string> Write(string folder, Volume volume, NuclearMedicineStudy study, ComputedTomographyFacts facts)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(study);
        ArgumentNullException.ThrowIfNull(facts);
        ImageGeometry geometry = volume.Geometry;
        if (geometry.Rows > ushort.MaxValue || geometry.Columns > ushort.MaxValue)
        {
            throw new ArgumentException($"A DICOM image has at most 65535 rows and columns, found {geometry.Rows} x {geometry.Columns}.", nameof(volume));
        }

        Directory.CreateDirectory(folder);
        List<string> files = [];
        byte[] pixels = new byte[2 * geometry.Rows * geometry.Columns];
        for (int section = 0; section < geometry.Sections; section++)
        {
            ReadOnlySpan<float> values = volume.Section(section);
            for (int i = 0; i < values.Length; i++)
            {
                if (!float.IsFinite(values[i]))
                {
                    throw new ArgumentException($"Section {section + 1} holds {values[i]}, expected finite HU: check how it was computed.", nameof(volume));
                }

                BinaryPrimitives.WriteUInt16LittleEndian(pixels.AsSpan(2 * i), (ushort)Math.Clamp(MathF.Round(values[i]) - Intercept, 0, ushort.MaxValue));
            }

            string file = FileOf(section + 1);
            DicomDataset dataset = Section(geometry, section, pixels, study, facts);
            AtomicFile.Write(Path.Combine(folder, file), stream => new DicomFile(dataset).Save(stream));
            files.Add(file);
        }

        return files;
    }

    private static DicomDataset Section(ImageGeometry geometry, int section, byte[] pixels, NuclearMedicineStudy study, ComputedTomographyFacts facts)
    {
        string hash = Convert.ToHexString(SHA256.HashData(pixels)) + section.ToString(CultureInfo.InvariantCulture);
        DicomDataset dataset = NuclearMedicineDataset.BeginImage(study, DicomUID.CTImageStorage, "CT", "CT", ["ORIGINAL", "PRIMARY", "AXIAL"], hash);
        Point3 at = geometry.PositionOf(0, 0, section);
        dataset.AddOrUpdate(DicomTag.ManufacturerModelName, facts.Scanner.Length > 0 ? facts.Scanner : "MLNetScinti");
        dataset.AddOrUpdate(DicomTag.InstanceNumber, section + 1);
        dataset.AddOrUpdate(DicomTag.AcquisitionNumber, 1);
        dataset.AddOrUpdate(DicomTag.PatientPosition, "HFS");
        dataset.AddOrUpdate(DicomTag.ImagePositionPatient, DecimalString.From(at.X, at.Y, at.Z));
        Point3 row = geometry.RowDirection, column = geometry.ColumnDirection;
        dataset.AddOrUpdate(DicomTag.ImageOrientationPatient, DecimalString.From(row.X, row.Y, row.Z, column.X, column.Y, column.Z));
        dataset.AddOrUpdate(DicomTag.SliceThickness, DecimalString.From(geometry.SectionSpacing));
        dataset.AddOrUpdate(DicomTag.SliceLocation, DecimalString.From(at.Z));
        dataset.AddOrUpdate(DicomTag.PixelSpacing, DecimalString.From(geometry.RowSpacing, geometry.ColumnSpacing));
        dataset.AddOrUpdate(DicomTag.KVP, DecimalString.From(facts.Kilovolts));
        if (facts.MilliampereSeconds > 0)
        {
            dataset.AddOrUpdate(DicomTag.Exposure, (int)Math.Round(facts.MilliampereSeconds));
        }

        if (facts.Diameter > 0)
        {
            dataset.AddOrUpdate(DicomTag.ReconstructionDiameter, DecimalString.From(facts.Diameter));
        }

        if (facts.Kernel.Length > 0)
        {
            dataset.AddOrUpdate(DicomTag.ConvolutionKernel, facts.Kernel);
        }

        if (facts.Contrast.Length > 0)
        {
            dataset.AddOrUpdate(DicomTag.ContrastBolusAgent, facts.Contrast);
        }

        if (study.Comments.Length > 0)
        {
            dataset.AddOrUpdate(DicomTag.ImageComments, study.Comments);
        }

        dataset.AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)1);
        dataset.AddOrUpdate(DicomTag.PhotometricInterpretation, "MONOCHROME2");
        dataset.AddOrUpdate(DicomTag.Rows, (ushort)geometry.Rows);
        dataset.AddOrUpdate(DicomTag.Columns, (ushort)geometry.Columns);
        dataset.AddOrUpdate(DicomTag.BitsAllocated, (ushort)16);
        dataset.AddOrUpdate(DicomTag.BitsStored, (ushort)16);
        dataset.AddOrUpdate(DicomTag.HighBit, (ushort)15);
        dataset.AddOrUpdate(DicomTag.PixelRepresentation, (ushort)0);
        dataset.AddOrUpdate(DicomTag.RescaleIntercept, DecimalString.From(Intercept));
        dataset.AddOrUpdate(DicomTag.RescaleSlope, "1");
        dataset.AddOrUpdate(DicomTag.RescaleType, "HU");
        dataset.AddOrUpdate(new DicomOtherWord(DicomTag.PixelData, new MemoryByteBuffer([.. pixels])));
        return dataset;
    }
}
