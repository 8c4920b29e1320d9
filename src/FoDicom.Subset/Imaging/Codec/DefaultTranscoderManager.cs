namespace FellowOakDicom.Imaging.Codec;

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
