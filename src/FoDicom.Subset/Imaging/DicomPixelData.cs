using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging;

/// <summary>The frames of a dataset, as they stand in its transfer syntax.</summary>
public abstract partial class DicomPixelData
{
    protected DicomPixelData(DicomDataset dataset)
    {
        Dataset = dataset;
        Syntax = dataset.InternalTransferSyntax;
    }

    public DicomDataset Dataset { get; }

    public DicomTransferSyntax Syntax { get; }

    public ushort Width
    {
        get => Dataset.GetSingleValue<ushort>(DicomTag.Columns);
        set => Dataset.AddOrUpdate(DicomTag.Columns, value);
    }

    public ushort Height
    {
        get => Dataset.GetSingleValue<ushort>(DicomTag.Rows);
        set => Dataset.AddOrUpdate(DicomTag.Rows, value);
    }

    public int NumberOfFrames
    {
        get => Dataset.GetSingleValueOrDefault(DicomTag.NumberOfFrames, 1);
        set => Dataset.AddOrUpdate(DicomTag.NumberOfFrames, value);
    }

    public BitDepth BitDepth => new(BitsAllocated, BitsStored, HighBit, PixelRepresentation == PixelRepresentation.Signed);

    public ushort BitsAllocated => Dataset.GetSingleValue<ushort>(DicomTag.BitsAllocated);

    public ushort BitsStored
    {
        get => Dataset.GetSingleValue<ushort>(DicomTag.BitsStored);
        set => Dataset.AddOrUpdate(DicomTag.BitsStored, value);
    }

    public ushort HighBit
    {
        get => Dataset.GetSingleValue<ushort>(DicomTag.HighBit);
        set => Dataset.AddOrUpdate(DicomTag.HighBit, value);
    }

    public ushort SamplesPerPixel
    {
        get => Dataset.GetSingleValueOrDefault(DicomTag.SamplesPerPixel, (ushort)1);
        set => Dataset.AddOrUpdate(DicomTag.SamplesPerPixel, value);
    }

    public PixelRepresentation PixelRepresentation
    {
        get => (PixelRepresentation)Dataset.GetSingleValue<ushort>(DicomTag.PixelRepresentation);
        set => Dataset.AddOrUpdate(DicomTag.PixelRepresentation, (ushort)value);
    }

    public PlanarConfiguration PlanarConfiguration
    {
        get => (PlanarConfiguration)Dataset.GetSingleValueOrDefault(DicomTag.PlanarConfiguration, (ushort)0);
        set => Dataset.AddOrUpdate(DicomTag.PlanarConfiguration, (ushort)value);
    }

    public PhotometricInterpretation PhotometricInterpretation
    {
        get => Dataset.TryGetSingleValue(DicomTag.PhotometricInterpretation, out string value) ? PhotometricInterpretation.Parse(value) : null;
        set => Dataset.AddOrUpdate(DicomTag.PhotometricInterpretation, value.Value);
    }

    public bool IsLossy => Dataset.GetSingleValueOrDefault(DicomTag.LossyImageCompression, "00") == "01";

    public int BytesAllocated => (BitsAllocated + 7) / 8;

    public int UncompressedFrameSize
    {
        get
        {
            long pixels = (long)Width * Height;
            long size = BitsAllocated == 1 ? (pixels + 7) / 8
                : PhotometricInterpretation is { Value: "YBR_FULL_422" or "YBR_PARTIAL_422" } ? ((Width + 1L) & ~1L) * Height * 2 * BytesAllocated
                : pixels * BytesAllocated * SamplesPerPixel;
            return size <= int.MaxValue ? (int)size
                : throw new DicomImagingException($"A frame of {Width} x {Height} pixels of {BitsAllocated} bits is too large for memory.");
        }
    }

    public static DicomPixelData Create(DicomDataset dataset, bool newPixelData = false)
    {
        if (newPixelData)
        {
            ushort bits = dataset.GetSingleValue<ushort>(DicomTag.BitsAllocated);
            DicomTransferSyntax syntax = dataset.InternalTransferSyntax;
            if (syntax.IsEncapsulated)
            {
                CheckBits(dataset);
                dataset.AddOrUpdate(DicomTag.NumberOfFrames, 0);
                DicomFragmentSequence fragments = bits > 8 ? new DicomOtherWordFragment(DicomTag.PixelData) : new DicomOtherByteFragment(DicomTag.PixelData);
                dataset.AddOrUpdate(fragments);
                return new EncapsulatedPixelData(dataset, fragments);
            }

            dataset.AddOrUpdate(DicomTag.NumberOfFrames, 0);
            bool words = bits > 8 || !syntax.IsExplicitVR;
            dataset.AddOrUpdate(words
                ? new DicomOtherWord(DicomTag.PixelData, EmptyBuffer.Value)
                : new DicomOtherByte(DicomTag.PixelData, EmptyBuffer.Value));
            return words ? new OtherWordPixelData(dataset) : new OtherBytePixelData(dataset);
        }

        return dataset.GetDicomItem<DicomItem>(DicomTag.PixelData) switch
        {
            null => throw new DicomImagingException("DICOM dataset is missing pixel data element."),
            DicomOtherWord => new OtherWordPixelData(dataset),
            DicomFragmentSequence fragments => new EncapsulatedPixelData(dataset, fragments),
            DicomOtherByte => new OtherBytePixelData(dataset),
            { } other => throw new DicomImagingException($"Unexpected or unhandled pixel data element type: {other.GetType()}"),
        };
    }

    /// <summary>Compressed frames are of 16 bits at most, also on the way from one form to another.</summary>
    internal static void CheckBits(DicomDataset dataset)
    {
        if (dataset.GetSingleValue<ushort>(DicomTag.BitsAllocated) is ushort bits and > 16)
        {
            throw new DicomImagingException($"Cannot represent pixel data with Bits Allocated: {bits} > 16");
        }
    }

    public abstract IByteBuffer GetFrame(int frame);

    public abstract void AddFrame(IByteBuffer data);

    private protected void CheckFrame(int frame)
    {
        if (frame < 0 || frame >= NumberOfFrames)
        {
            throw new IndexOutOfRangeException("Requested frame out of range!");
        }
    }
}
