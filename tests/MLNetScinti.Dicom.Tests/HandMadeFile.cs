using FellowOakDicom;
using FellowOakDicom.IO.Buffer;

namespace MLNetScinti.Dicom.Tests;

/// <summary>DICOM files put together element by element, for what no real file here shows.</summary>
internal static class HandMadeFile
{
    /// <summary>The elements that every image has: 4 rows x 3 columns, 16 bits unsigned, frame f holding 100 f + pixel number.</summary>
    public static DicomDataset Image(string modality, int frames, params DicomTag[] pointers)
    {
        DicomDataset dataset = new(DicomTransferSyntax.ExplicitVRLittleEndian)
        {
            { DicomTag.SOPClassUID, DicomUID.NuclearMedicineImageStorage },
            { DicomTag.SOPInstanceUID, "1.2.3.4" },
            { DicomTag.StudyInstanceUID, "1.2.3" },
            { DicomTag.SeriesInstanceUID, "1.2.3.1" },
            { DicomTag.Modality, modality },
            { DicomTag.PatientID, "4711" },
            { DicomTag.SamplesPerPixel, (ushort)1 },
            { DicomTag.PhotometricInterpretation, "MONOCHROME2" },
            { DicomTag.NumberOfFrames, frames },
            { DicomTag.Rows, (ushort)4 },
            { DicomTag.Columns, (ushort)3 },
            { DicomTag.PixelSpacing, "4", "3" },
            { DicomTag.BitsAllocated, (ushort)16 },
            { DicomTag.BitsStored, (ushort)16 },
            { DicomTag.HighBit, (ushort)15 },
            { DicomTag.PixelRepresentation, (ushort)0 },
        };
        if (pointers.Length > 0)
        {
            dataset.Add(DicomTag.FrameIncrementPointer, pointers);
        }

        ushort[] pixels = [.. Enumerable.Range(0, frames).SelectMany(frame => Enumerable.Range(0, 12).Select(pixel => (ushort)((100 * frame) + pixel)))];
        return dataset.WithPixels(pixels);
    }

    public static DicomDataset WithPixels(this DicomDataset dataset, params ushort[] pixels)
    {
        byte[] bytes = new byte[pixels.Length * 2];
        Buffer.BlockCopy(pixels, 0, bytes, 0, bytes.Length);
        return dataset.WithPixelBytes(bytes);
    }

    public static DicomDataset WithPixelBytes(this DicomDataset dataset, byte[] bytes) =>
        dataset.AddOrUpdate(new DicomOtherWord(DicomTag.PixelData, new MemoryByteBuffer(bytes)));

    public static DicomDataset With<T>(this DicomDataset dataset, DicomTag tag, params T[] values) => dataset.AddOrUpdate(tag, values);

    public static DicomDataset WithItems(this DicomDataset dataset, DicomTag tag, params DicomDataset[] items) => dataset.AddOrUpdate(new DicomSequence(tag, items));

    public static string Save(this DicomDataset dataset, TemporaryFolder folder, string name = "image.dcm")
    {
        string file = folder.File(name);
        new DicomFile(dataset).Save(file);
        return file;
    }
}
