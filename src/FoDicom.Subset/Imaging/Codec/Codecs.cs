using FellowOakDicom.Imaging.Render;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging.Codec;

public interface IDicomCodec
{
    string Name { get; }

    DicomTransferSyntax TransferSyntax { get; }

    DicomCodecParams GetDefaultParameters();

    void Encode(DicomPixelData oldPixelData, DicomPixelData newPixelData, DicomCodecParams parameters);

    void Decode(DicomPixelData oldPixelData, DicomPixelData newPixelData, DicomCodecParams parameters);
}

public interface IDicomTranscoder
{
    DicomTransferSyntax InputSyntax { get; }

    DicomCodecParams InputCodecParams { get; }

    DicomTransferSyntax OutputSyntax { get; }

    DicomCodecParams OutputCodecParams { get; }

    DicomFile Transcode(DicomFile file);

    DicomDataset Transcode(DicomDataset dataset);

    IByteBuffer DecodeFrame(DicomDataset dataset, int frame);

    IPixelData DecodePixelData(DicomDataset dataset, int frame);
}

/// <summary>A codec that decodes one frame without a dataset to put it in.</summary>
internal interface IFrameDecoder
{
    byte[] DecodeFrame(DicomPixelData pixels, int frame);
}

public interface ITranscoderManager
{
    bool HasCodec(DicomTransferSyntax syntax);

    bool CanTranscode(DicomTransferSyntax inSyntax, DicomTransferSyntax outSyntax);

    IDicomCodec GetCodec(DicomTransferSyntax syntax);

    void LoadCodecs(string path = null, string search = null);
}

public abstract class TranscoderManager : ITranscoderManager
{
    protected readonly Dictionary<DicomTransferSyntax, IDicomCodec> Codecs = [];

    public bool HasCodec(DicomTransferSyntax syntax) => Codecs.ContainsKey(syntax);

    public bool CanTranscode(DicomTransferSyntax inSyntax, DicomTransferSyntax outSyntax) =>
        (!inSyntax.IsEncapsulated || Codecs.ContainsKey(inSyntax)) && (!outSyntax.IsEncapsulated || Codecs.ContainsKey(outSyntax));

    public IDicomCodec GetCodec(DicomTransferSyntax syntax) =>
        Codecs.TryGetValue(syntax, out IDicomCodec codec) ? codec : throw new DicomCodecException($"No codec registered for tranfer syntax: {syntax}");

    public abstract void LoadCodecs(string path = null, string search = null);
}

/// <summary>The codecs that need no native code.</summary>
public sealed class DefaultTranscoderManager : TranscoderManager
{
    public DefaultTranscoderManager() => LoadCodecs();

    internal static DefaultTranscoderManager Instance { get; } = new();

    public override void LoadCodecs(string path = null, string search = null)
    {
        IDicomCodec[] codecs =
        [
            new RleCodec(),
            new JpegLosslessCodec(DicomTransferSyntax.JPEGProcess14),
            new JpegLosslessCodec(DicomTransferSyntax.JPEGProcess14SV1),
        ];
        foreach (IDicomCodec codec in codecs)
        {
            Codecs[codec.TransferSyntax] = codec;
        }
    }
}

public static class DicomCodecExtensions
{
    public static DicomFile Clone(this DicomFile file, DicomTransferSyntax syntax, DicomCodecParams parameters = null) =>
        new DicomTranscoder(file.Dataset.InternalTransferSyntax, syntax, outputCodecParams: parameters).Transcode(file);

    public static DicomDataset Clone(this DicomDataset dataset, DicomTransferSyntax syntax, DicomCodecParams parameters = null) =>
        new DicomTranscoder(dataset.InternalTransferSyntax, syntax, outputCodecParams: parameters).Transcode(dataset);
}

public class DicomCodecException : DicomException
{
    public DicomCodecException(string message)
        : base(message)
    {
    }

    public DicomCodecException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

public class DicomCodecParams
{
    protected DicomCodecParams()
    {
    }
}
