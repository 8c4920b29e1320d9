using FellowOakDicom.IO.Buffer;
using MLNetScinti.Dicom.Codecs;

namespace FellowOakDicom.Imaging.Codec;

/// <summary>Lossless JPEG (ITU-T T.81 annex H) of Huffman-coded differences. Decodes only, as the managed codec of the genuine package does.</summary>
internal sealed class JpegLosslessCodec(DicomTransferSyntax syntax) : IDicomCodec, IFrameDecoder
{
    public string Name => syntax.UID.Name;

    public DicomTransferSyntax TransferSyntax => syntax;

    public DicomCodecParams GetDefaultParameters() => null;

    public void Encode(DicomPixelData oldPixelData, DicomPixelData newPixelData, DicomCodecParams parameters) =>
        throw new DicomCodecException($"Encoding of transfer syntax {syntax} is not implemented");

    public void Decode(DicomPixelData oldPixelData, DicomPixelData newPixelData, DicomCodecParams parameters)
    {
        for (int frame = 0; frame < oldPixelData.NumberOfFrames; frame++)
        {
            newPixelData.AddFrame(new MemoryByteBuffer(DecodeFrame(oldPixelData, frame)));
        }

        if (newPixelData.SamplesPerPixel > 1)
        {
            newPixelData.PlanarConfiguration = PlanarConfiguration.Interleaved;
        }
    }

    public byte[] DecodeFrame(DicomPixelData pixels, int frame)
    {
        try
        {
            return new JpegLossless(pixels.GetFrame(frame).Data).Decode(pixels.BytesAllocated, pixels.UncompressedFrameSize);
        }
        catch (InvalidDataException broken)
        {
            throw new DicomCodecException(broken.Message, broken);
        }
    }
}
