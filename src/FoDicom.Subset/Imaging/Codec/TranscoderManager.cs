namespace FellowOakDicom.Imaging.Codec;

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
