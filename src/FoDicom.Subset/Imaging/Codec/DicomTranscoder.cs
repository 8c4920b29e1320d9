using FellowOakDicom.Imaging.Render;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging.Codec;

public class DicomTranscoder : IDicomTranscoder
{
    private static readonly DefaultTranscoderManager s_codecs = DefaultTranscoderManager.Instance;

    public DicomTranscoder(DicomTransferSyntax inputSyntax, DicomTransferSyntax outputSyntax,
        DicomCodecParams inputCodecParams = null, DicomCodecParams outputCodecParams = null)
    {
        InputSyntax = inputSyntax;
        OutputSyntax = outputSyntax;
        InputCodecParams = inputCodecParams;
        OutputCodecParams = outputCodecParams;
    }

    public DicomTransferSyntax InputSyntax { get; }

    public DicomCodecParams InputCodecParams { get; }

    public DicomTransferSyntax OutputSyntax { get; }

    public DicomCodecParams OutputCodecParams { get; }

    public DicomFile Transcode(DicomFile file)
    {
        DicomDataset dataset = Transcode(file.Dataset);
        DicomFile transcoded = new(dataset);
        return transcoded;
    }

    public DicomDataset Transcode(DicomDataset dataset)
    {
        if (!dataset.Contains(DicomTag.PixelData) || InputSyntax == OutputSyntax || (!InputSyntax.IsEncapsulated && !OutputSyntax.IsEncapsulated))
        {
            DicomDataset copy = dataset.Clone();
            copy.InternalTransferSyntax = OutputSyntax;
            return copy;
        }

        DicomDataset current = dataset;
        if (InputSyntax.IsEncapsulated)
        {
            DicomTransferSyntax native = OutputSyntax.IsEncapsulated ? DicomTransferSyntax.ExplicitVRLittleEndian : OutputSyntax;
            current = Decode(current, native);
        }

        return OutputSyntax.IsEncapsulated ? Encode(current) : current;
    }

    public IByteBuffer DecodeFrame(DicomDataset dataset, int frame)
    {
        DicomPixelData pixels = DicomPixelData.Create(dataset);
        if (!dataset.InternalTransferSyntax.IsEncapsulated)
        {
            return pixels.GetFrame(frame);
        }

        DicomPixelData.CheckBits(dataset);
        return Decoder() is IFrameDecoder decoder
            ? new MemoryByteBuffer(decoder.DecodeFrame(pixels, frame))
            : DicomPixelData.Create(Decode(dataset, DicomTransferSyntax.ExplicitVRLittleEndian)).GetFrame(frame);
    }

    public IPixelData DecodePixelData(DicomDataset dataset, int frame)
    {
        DicomPixelData pixels = DicomPixelData.Create(dataset);
        return PixelDataFactory.Create(pixels, DecodeFrame(dataset, frame));
    }

    private static DicomDataset Copy(DicomDataset dataset, DicomTransferSyntax syntax)
    {
        DicomDataset copy = dataset.Clone().NotValidated();
        copy.Remove(DicomTag.PixelData);
        copy.InternalTransferSyntax = syntax;
        return copy;
    }

    private IDicomCodec Decoder() => s_codecs.HasCodec(InputSyntax)
        ? s_codecs.GetCodec(InputSyntax)
        : throw new DicomCodecException($"Decoding dataset with transfer syntax: {InputSyntax} is not supported.");

    private DicomDataset Decode(DicomDataset dataset, DicomTransferSyntax syntax)
    {
        IDicomCodec decoder = Decoder();
        DicomDataset decoded = Copy(dataset, syntax);
        decoder.Decode(DicomPixelData.Create(dataset), DicomPixelData.Create(decoded, newPixelData: true), InputCodecParams);
        decoded.ValidateItems = dataset.ValidateItems;
        return decoded;
    }

    private DicomDataset Encode(DicomDataset dataset)
    {
        if (!s_codecs.HasCodec(OutputSyntax))
        {
            throw new DicomCodecException($"Encoding dataset to transfer syntax {OutputSyntax} is not supported.");
        }

        DicomDataset encoded = Copy(dataset, OutputSyntax);
        s_codecs.GetCodec(OutputSyntax).Encode(DicomPixelData.Create(dataset), DicomPixelData.Create(encoded, newPixelData: true), OutputCodecParams);
        encoded.ValidateItems = dataset.ValidateItems;
        return encoded;
    }
}
