using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.IO.Buffer;

namespace FoDicom.Subset.Tests;

/// <summary>The datasets that the recorded cases share.</summary>
internal static class Samples
{
    /// <summary>The dataset of the section 'get'.</summary>
    public static DicomDataset Small() => new()
    {
        { DicomTag.PatientName, "Doe^Jane" },
        { DicomTag.ImageType, "ORIGINAL", "PRIMARY", "TOMO" },
        { DicomTag.PixelSpacing, 4.42m, 4.42m },
        { DicomTag.Rows, (ushort)64 },
        { DicomTag.NumberOfFrames, 12 },
        { DicomTag.StudyDate, "20260813" },
        { DicomTag.StudyTime, "010203.5" },
        { DicomTag.PatientID, string.Empty },
        { DicomTag.RescaleSlope, 1.5m },
        new DicomSequence(DicomTag.EnergyWindowInformationSequence, new DicomDataset { { DicomTag.EnergyWindowName, "Tc99m" } }),
    };

    /// <summary>A 4 x 4, 3-frame, 16-bit NM dataset without pixels.</summary>
    public static DicomDataset Header(DicomTransferSyntax? syntax = null, ushort rows = 4, ushort columns = 4, ushort bits = 16) =>
        new(syntax ?? DicomTransferSyntax.ExplicitVRLittleEndian)
        {
            { DicomTag.SOPClassUID, DicomUID.NuclearMedicineImageStorage },
            { DicomTag.SOPInstanceUID, "1.2.3.4" },
            { DicomTag.Modality, "NM" },
            { DicomTag.SamplesPerPixel, (ushort)1 },
            { DicomTag.PhotometricInterpretation, "MONOCHROME2" },
            { DicomTag.Rows, rows },
            { DicomTag.Columns, columns },
            { DicomTag.PixelSpacing, 4.42m, 4.42m },
            { DicomTag.BitsAllocated, bits },
            { DicomTag.BitsStored, bits },
            { DicomTag.HighBit, (ushort)(bits - 1) },
            { DicomTag.PixelRepresentation, (ushort)0 },
        };

    /// <summary>The dataset that the recording calls 'nm': pixel i of frame f holds 1000 f + i.</summary>
    public static DicomDataset Image(DicomTransferSyntax? syntax = null)
    {
        DicomDataset dataset = Header(syntax);
        DicomPixelData pixels = DicomPixelData.Create(dataset, newPixelData: true);
        for (int frame = 0; frame < 3; frame++)
        {
            pixels.AddFrame(Frame(frame));
        }

        return dataset;
    }

    public static MemoryByteBuffer Frame(int frame)
    {
        byte[] bytes = new byte[32];
        for (int i = 0; i < 16; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(i * 2), (ushort)((1000 * frame) + i));
        }

        return new MemoryByteBuffer(bytes);
    }

    public static byte[] Saved(DicomDataset dataset)
    {
        using MemoryStream stream = new();
        new DicomFile(dataset).Save(stream);
        return stream.ToArray();
    }

    public static DicomFile Opened(byte[] bytes) => DicomFile.Open(new MemoryStream(bytes), FileReadOption.ReadAll);

    public static string Hex(IByteBuffer buffer) => Convert.ToHexString(buffer.Data);

    /// <summary>A file that lasts as long as the test.</summary>
    public static T InFile<T>(byte[] bytes, Func<string, T> use)
    {
        string path = Path.Combine(Path.GetTempPath(), $"scinti-{Guid.NewGuid():N}");
        File.WriteAllBytes(path, bytes);
        try
        {
            return use(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
